import type { IdentitySource } from '../identity-source.ts';

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

/** A source of keys of AWS. */
export type AwsCredentialsSource = IdentitySource<AwsCredentials>;
