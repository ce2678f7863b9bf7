import type { Credential } from '../credentials/credential.ts';
import type { Keychain, KeychainTarget } from '../credentials/keychain.ts';
import { RegistryError } from '../error.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { HttpTransport } from './http.ts';
import { SingleFlight } from './single-flight.ts';
import { basicAuthorization, fetchToken } from './token.ts';
import { unauthorized } from './unauthorized.ts';

/** A right to read one repository. */
export interface Grant {
  /** Value of the `Authorization` header. */
  readonly authorization: string;
  /** When it ends, in ms since the epoch. */
  readonly expiresAt: number;
  /** The credential it was got with; `undefined` is anonymous. */
  readonly credential: Credential | undefined;
}

/** A 401 to be answered. */
export interface Refusal {
  /** Method and redacted URL, for messages. */
  readonly what: string;
  /** URL of the registry. */
  readonly registry: URL;
  readonly target: KeychainTarget;
  /** `WWW-Authenticate` of the answer. */
  readonly challenges: string | readonly string[] | undefined;
  /** The grant that was refused, if one was sent. */
  readonly refused: Grant | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Most grants kept; a registry of an agent's whole life may have thousands of repositories. */
const maxGrants = 512;
/** A token is renewed this much before its end, or a tenth of its life before where that is less, in ms. */
const maxLeeway = 10_000;

function keyOf(target: KeychainTarget): string {
  return `${target.registry} repository:${target.repository}:pull`;
}

/** Bearer with a realm that is a URL comes first: it is what the registry prefers where it offers both. */
function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  const bearer = challenges.filter((challenge) => challenge.scheme === 'bearer');
  return (
    bearer.find((challenge) => URL.canParse(challenge.parameters.get('realm') ?? '')) ??
    challenges.find((challenge) => challenge.scheme === 'basic') ??
    bearer[0]
  );
}

/** Answers challenges, and keeps what it got per registry and repository until it expires. */
export class Authorizer {
  readonly #http: HttpTransport;
  readonly #keychain: Keychain;
  readonly #now: () => number;
  readonly #grants = new Map<string, Grant>();
  readonly #flights = new SingleFlight<Grant>();

  constructor(http: HttpTransport, keychain: Keychain, now: () => number) {
    this.#http = http;
    this.#keychain = keychain;
    this.#now = now;
  }

  /** The grant to send at once, if one is known and still good. */
  cached(target: KeychainTarget): Grant | undefined {
    const key = keyOf(target);
    const grant = this.#grants.get(key);
    if (grant === undefined || grant.expiresAt > this.#now()) return grant;
    this.#grants.delete(key);
    return undefined;
  }

  /**
   * Gets a grant after a 401. Requests refused at the same time share one answer.
   *
   * @throws RegistryError `UNAUTHORIZED`, `CHALLENGE_INVALID`, and what the keychain and the token server cause.
   */
  async answer(refusal: Refusal): Promise<Grant> {
    const current = this.cached(refusal.target);
    // Another request was refused with the same grant and has renewed it meanwhile.
    if (current !== undefined && current !== refusal.refused) return current;
    const key = keyOf(refusal.target);
    return this.#flights.run(
      key,
      async (signal) => {
        const grant = await this.#acquire(refusal, signal);
        this.#keep(key, grant);
        return grant;
      },
      refusal.signal,
    );
  }

  #keep(key: string, grant: Grant): void {
    this.#grants.delete(key);
    this.#grants.set(key, grant);
    if (this.#grants.size <= maxGrants) return;
    const oldest = this.#grants.keys().next();
    if (!oldest.done) this.#grants.delete(oldest.value);
  }

  async #acquire(refusal: Refusal, signal: AbortSignal): Promise<Grant> {
    const { target, what, registry } = refusal;
    const challenge = chooseChallenge(parseChallenges(refusal.challenges));
    const credential = await this.#keychain.resolve(
      { registry: target.registry, repository: target.repository },
      { signal },
    );
    if (challenge === undefined) {
      throw new RegistryError('CHALLENGE_INVALID', `${what}: HTTP 401 without a Basic or Bearer challenge`, {
        status: 401,
        hint: 'the registry, or a proxy before it, wants an authentication this client does not speak',
      });
    }
    if (challenge.scheme === 'basic') return this.#basic(refusal, credential);
    const ready = credential?.registryToken;
    if (ready !== undefined) {
      const grant = { authorization: `Bearer ${ready}`, expiresAt: Number.POSITIVE_INFINITY, credential };
      return this.#unlessRefused(refusal, grant);
    }
    const asked = this.#now();
    const { token, lifetime } = await fetchToken(this.#http, { registry, target, challenge, credential, signal });
    const expiresAt = asked + lifetime - Math.min(maxLeeway, lifetime / 10);
    return { authorization: `Bearer ${token}`, expiresAt, credential };
  }

  #basic(refusal: Refusal, credential: Credential | undefined): Grant {
    const { username, password } = credential ?? {};
    if (username === undefined || password === undefined) {
      const happened =
        credential === undefined
          ? 'the registry wants a user name and password, and none are configured'
          : 'the registry wants a user name and password, and the credential has only a token';
      throw unauthorized(refusal.what, refusal.target, credential, happened);
    }
    const authorization = basicAuthorization(username, password);
    return this.#unlessRefused(refusal, { authorization, expiresAt: Number.POSITIVE_INFINITY, credential });
  }

  /** Sending what was just refused once more would only count as another failed log-in. */
  #unlessRefused(refusal: Refusal, grant: Grant): Grant {
    if (refusal.refused?.authorization !== grant.authorization) return grant;
    throw unauthorized(refusal.what, refusal.target, grant.credential, 'HTTP 401, the credential was refused');
  }
}
