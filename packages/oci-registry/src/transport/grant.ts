import type { Credential } from '../credentials/credential.ts';
import type { Challenge } from './challenge.ts';

/** A right to read one repository. */
export interface Grant {
  /** Value of the `Authorization` header. */
  readonly authorization: string;
  /** When it ends, in ms since the epoch. */
  readonly expiresAt: number;
  /** The credential it was got with; `undefined` is anonymous. */
  readonly credential: Credential | undefined;
  /** The challenge it answers. */
  readonly challenge: Challenge;
}
