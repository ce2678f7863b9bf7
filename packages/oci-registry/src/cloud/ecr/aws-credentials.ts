/** What signs requests to AWS. Temporary ones have a session token and an end. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** ms since the epoch. Without it they are asked for again whenever they are needed. */
  readonly expiresAt?: number | undefined;
  /** Whose they are, for messages: the ARN where it is known, else other words. Never a key. */
  readonly identity?: string | undefined;
}

/** Says that a provider has no credentials since nothing tells it to look for any, or nothing is there. */
export interface AwsCredentialsAbsence {
  /** Why, for messages: "AWS_ROLE_ARN is not set". */
  readonly absent: string;
}

/** Options of one call of {@link AwsCredentialsProvider.provide}. */
export interface ProvideOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Finds the AWS identity of this process in one way. */
export interface AwsCredentialsProvider {
  /** How messages call it: "web identity". */
  readonly name: string;
  /**
   * Gets credentials anew; the keychain keeps them until shortly before they end.
   *
   * Resolves to an absence where it is not set up. Rejects where it is set up and fails: then no other provider is
   * asked, as another identity than the one that was chosen would surprise.
   */
  provide(options?: ProvideOptions): Promise<AwsCredentials | AwsCredentialsAbsence>;
}
