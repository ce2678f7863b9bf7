import type { IdentitySource } from '../identity-source.ts';

/** An access token of Google Cloud. */
export interface GoogleToken {
  /** Goes into an `Authorization: Bearer` header; to a registry, as the password of `oauth2accesstoken`. */
  readonly token: string;
  /** When it ends, ms since the epoch. */
  readonly expiresAt: number;
  /** Whose it is, for error messages only: "Google metadata server". Never a secret. */
  readonly identity?: string | undefined;
}

/**
 * A source of access tokens of Google Cloud. It may reject with `ADDRESS_FORBIDDEN`, too, for a file that leads to a
 * metadata address.
 */
export type GoogleTokenSource = IdentitySource<GoogleToken>;
