/** One question to a credential helper. */
export interface CredentialHelperCall {
  /** Name of the program: `docker-credential-NAME`. Its one argument is `get`. */
  readonly program: string;
  /** What it is to read on its standard input: the address of the registry. */
  readonly server: string;
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directories in which programs lie, as in the variable `PATH`. */
  readonly path: string;
  /** Ends the process, also when its time is over. */
  readonly signal: AbortSignal;
}

/** What a credential helper printed until it ended. */
export interface CredentialHelperOutput {
  /** `null` where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a credential helper. Rejects where that is not possible, and with the signal's reason. */
export type RunCredentialHelper = (call: CredentialHelperCall) => Promise<CredentialHelperOutput>;

/** Which credential helpers may be run, and how. */
export interface CredentialHelperOptions {
  /** Names without `docker-credential-`; `any` is everything that a configuration names. */
  readonly allow: 'any' | readonly string[];
  /** Environment of the helpers, all of it: they mostly need `HOME`, and `PATH`. Default empty. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where the helpers lie, in the form of `PATH`; directories that are not absolute do not count. Default `env.PATH`. */
  readonly path?: string | undefined;
  /** ms for one answer, then the helper and what it started are killed. Default 10000. */
  readonly timeout?: number | undefined;
  /** Runs the helpers in another way. Default: as processes of their own group, without a shell. */
  readonly run?: RunCredentialHelper | undefined;
}
