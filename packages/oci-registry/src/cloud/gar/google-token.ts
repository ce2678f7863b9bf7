/** An access token of Google Cloud. */
export interface GoogleToken {
  /** Goes into an `Authorization: Bearer` header; to a registry, as the password of `oauth2accesstoken`. */
  readonly token: string;
  /** When it ends, ms since the epoch. */
  readonly expiresAt: number;
  /** Whose it is, for error messages only: "Google metadata server". Never a secret. */
  readonly source?: string | undefined;
}

/** Says that a provider has no token since nothing of it is set up here. */
export interface GoogleTokenAbsence {
  /** Why, one phrase without secrets: "there is no metadata server". */
  readonly absent: string;
}

/** How one token is asked for. */
export interface GoogleTokenOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Gets access tokens for one identity. */
export interface GoogleTokenProvider {
  /**
   * Gets a new token; keeping it is the work of who asks. Resolves to an absence where there is no identity at all, which
   * is no failure, as public images need none.
   *
   * Rejects with RegistryError `CREDENTIALS_UNAVAILABLE` where there is an identity, but it is refused or cannot be used;
   * `CREDENTIALS_INVALID` for a file or setting that cannot be read or understood, `ADDRESS_FORBIDDEN` for one that leads
   * to a metadata address; those of the connection (`NETWORK`, `TIMEOUT`, `TLS`, `PROXY`, `RESPONSE_INVALID`,
   * `RESPONSE_TOO_LARGE`); or with the reason of the signal.
   */
  getToken(options?: GoogleTokenOptions): Promise<GoogleToken | GoogleTokenAbsence>;
}
