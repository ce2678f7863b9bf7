import { RegistryError } from '../error.ts';
import { reasonOf, unavailable } from './unavailable.ts';

/** Says that a source has no identity, since nothing tells it to look for one, or nothing is there. */
export interface IdentityAbsence {
  /** Why, one phrase without secrets: "AWS_ROLE_ARN is not set". */
  readonly absent: string;
}

/** Options of one call of {@link IdentitySource.get}. */
export interface IdentityRequest {
  readonly signal?: AbortSignal | undefined;
}

/** Finds the identity of this process in a cloud, in one way. */
export interface IdentitySource<Identity extends object, Request extends [IdentityRequest?] = [IdentityRequest?]> {
  /** How messages call it: "web identity". */
  readonly name: string;
  /**
   * Gets keys or a token anew; keeping them until shortly before they end is the work of who asks.
   *
   * Resolves to an absence where it is not set up. Rejects where it is set up and fails, with RegistryError
   * `CREDENTIALS_UNAVAILABLE` where the identity is refused, `CREDENTIALS_INVALID` for a file or variable that cannot be
   * read or understood, `RESPONSE_INVALID`, what {@link CloudHttp} rejects with, or the signal's reason.
   */
  get(...request: Request): Promise<Identity | IdentityAbsence>;
}

/**
 * Asks one source after the other until one has an identity. One that rejects ends it: it was set up, so another identity
 * must not step in unseen. Where none has any, the absence says for each one why.
 *
 * Getting rejects with RegistryError `CREDENTIALS_UNAVAILABLE`, its `cause` being what the source rejected with;
 * `CREDENTIALS_INVALID` and the signal's reason stay as they are.
 */
export function chainIdentities<Identity extends object, Request extends [IdentityRequest?] = [IdentityRequest?]>(
  ...sources: readonly IdentitySource<Identity, Request>[]
): IdentitySource<Identity, Request> {
  return {
    name: 'chain',
    async get(...request) {
      const told: string[] = [];
      for (const source of sources) {
        try {
          const answer = await source.get(...request);
          if (!('absent' in answer)) return answer;
          told.push(`${source.name}: ${answer.absent}`);
        } catch (error) {
          request[0]?.signal?.throwIfAborted();
          if (error instanceof RegistryError && error.code === 'CREDENTIALS_INVALID') throw error;
          told.push(`${source.name}: ${reasonOf(error)}`);
          throw unavailable(`find an identity: ${told.join('; ')}`, error);
        }
      }
      return { absent: told.join('; ') || 'there is no source to ask' };
    },
  };
}

/**
 * The identity in an answer.
 *
 * @param what what it is wanted for, for the message
 * @param hint how to have one
 * @throws RegistryError `CREDENTIALS_UNAVAILABLE` for an absence
 */
export function presentIdentity<Identity extends object>(
  answer: Identity | IdentityAbsence,
  what: string,
  hint: string,
): Identity {
  if (!('absent' in answer)) return answer;
  throw new RegistryError('CREDENTIALS_UNAVAILABLE', `${what}: no identity was found: ${answer.absent}`, { hint });
}
