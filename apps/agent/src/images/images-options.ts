/** The options that every verb of `iar images` has, as the command line and the environment give them. */
export interface ImagesOptions {
  readonly type?: string;
  readonly clientId?: string;
  /** Only there so that it can be refused: everyone on the machine sees a command line. */
  readonly clientSecret?: string;
  readonly cid?: string;
  readonly region: string;
  readonly internalBuildStage: 'release' | 'stage';
  readonly apiUrl?: string;
  readonly registry?: string;
  readonly caCert?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly insecureUseHttp?: boolean;
  readonly quiet?: boolean;
  readonly verbose: number;
}

/** The options that choose one image or some of a type. */
export interface ChoiceOptions extends ImagesOptions {
  readonly platform?: string;
  readonly version?: string;
}

/** The options of `iar images copy`. */
export interface CopyOptions extends ChoiceOptions {
  readonly copyOmitImageName?: boolean;
  readonly copyCustomTag?: string;
  readonly username?: string;
  readonly passwordStdin?: boolean;
}

/** Where a verb works: what it reads, where it writes, and when it is to stop. */
export interface ImagesContext {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}
