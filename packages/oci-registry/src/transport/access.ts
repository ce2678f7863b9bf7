import { accountId } from '../credentials/account-id.ts';
import type { Credential } from '../credentials/credential.ts';
import { credentialsFrom } from '../credentials/credentials-from.ts';
import type { Keychain, KeychainTarget } from '../credentials/keychain.ts';
import { isUnavailable } from '../credentials/unavailable-credentials.ts';
import { RegistryError } from '../error.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { TlsOptions } from './client-options.ts';
import type { Grant } from './grant.ts';
import { basicAuthorization, type TokenRequest } from './token.ts';
import type { TokenStore } from './token-store.ts';
import { allRefused, type RefusedCredential, refusedWithout, unauthorized } from './unauthorized.ts';

/** What is to be read, and for whom. */
export interface AccessRequest {
  /** URL of the registry. */
  readonly registry: URL;
  /** TLS settings of this host, instead of the client's. */
  readonly tls?: TlsOptions | undefined;
  readonly target: KeychainTarget;
  readonly keychain: Keychain;
  /** Rights asked for where the challenge does not say which: `pull`, `pull,push`. */
  readonly actions: string;
  /** Scopes wanted beside what the challenge names. */
  readonly scopes?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Most credentials tried for one request, so that a Secret of thousands of entries costs no thousand log-ins. */
const maxCredentials = 32;

/** Tokens fetched for one credential in one request: another one only where the first was others' too. */
const maxTokenFetches = 2;

/** Bearer with a realm that is a URL comes first: it is what the registry prefers where it offers both. */
function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  const bearer = challenges.filter((challenge) => challenge.scheme === 'bearer');
  return (
    bearer.find((challenge) => URL.canParse(challenge.parameters.get('realm') ?? '')) ??
    challenges.find((challenge) => challenge.scheme === 'basic') ??
    bearer[0]
  );
}

/** What can be sent without asking a token server. */
function readyAuthorization(challenge: Challenge, credential: Credential | undefined): string | undefined {
  const { username, password, registryToken } = credential ?? {};
  if (challenge.scheme === 'bearer') return registryToken && `Bearer ${registryToken}`;
  return username === undefined || password === undefined ? undefined : basicAuthorization(username, password);
}

/** The error for a refusal that says nothing of how to get in. */
function unanswerable(what: string, error: RegistryError): RegistryError {
  if (error.status !== 401) return error;
  return new RegistryError('CHALLENGE_INVALID', `${what}: HTTP 401 without a Basic or Bearer challenge`, {
    status: 401,
    hint: 'the registry, or a proxy before it, wants an authentication this client does not speak',
  });
}

function isRefusal(error: unknown): error is RegistryError {
  return error instanceof RegistryError && (error.code === 'UNAUTHORIZED' || error.code === 'DENIED');
}

/** The credentials with that of one account first, where it is among them, and else in their order. */
async function* preferring(
  credentials: AsyncIterable<Credential>,
  account: string | undefined,
): AsyncGenerator<Credential, void, undefined> {
  const before: Credential[] = [];
  let sought = account;
  for await (const credential of credentials) {
    const isSought = sought !== undefined && accountId(credential) === sought;
    if (isSought || sought === undefined) yield credential;
    else before.push(credential);
    if (!isSought && before.length < maxCredentials) continue;
    sought = undefined;
    yield* before.splice(0);
  }
  yield* before;
}

/**
 * The way of one request into a registry: what to send, and after each refusal what to send next. The credential that
 * worked last comes first, then the others of the keychain in their order, and anonymous access in the end.
 */
export class Access {
  readonly #tokens: TokenStore;
  readonly #request: AccessRequest;
  readonly #remembered: Grant | undefined;
  readonly #sent = new Set<string>();
  readonly #tried = new Set<string>();
  readonly #refused: RefusedCredential[] = [];
  #grant: Grant | undefined;
  #grants: AsyncGenerator<Grant, void, undefined> | undefined;
  #latest: RegistryError | undefined;
  #unavailable: RegistryError | undefined;

  /**
   * @param remembered what let the same keychain in before; it may have expired
   * @param isLive whether it may be sent at once
   */
  constructor(tokens: TokenStore, request: AccessRequest, remembered: Grant | undefined, isLive: boolean) {
    this.#tokens = tokens;
    this.#request = request;
    this.#remembered = remembered;
    this.#grant = isLive ? remembered : undefined;
  }

  /** What to send now; nothing before the first challenge. */
  get grant(): Grant | undefined {
    return this.#grant;
  }

  /**
   * Takes a refusal, and finds what to send next.
   *
   * @param what method and redacted URL, for messages
   * @param error the refusal
   * @param challenges `WWW-Authenticate` that came with it
   * @throws RegistryError where nothing is left to try, and what the keychain and the token server cause
   */
  async refuse(what: string, error: RegistryError, challenges: string | readonly string[] | undefined): Promise<void> {
    if (this.#grant !== undefined) this.#sent.add(this.#grant.authorization);
    this.#latest = error;
    const challenge = chooseChallenge(parseChallenges(challenges)) ?? this.#grant?.challenge;
    if (challenge === undefined) throw unanswerable(what, error);
    this.#grants ??= this.#climb(what, challenge);
    const next = await this.#grants.next();
    if (next.done) {
      const refusal = allRefused(what, this.#refused) ?? error;
      throw this.#unavailable === undefined ? refusal : refusedWithout(this.#unavailable, refusal);
    }
    this.#grant = next.value;
  }

  /** Lets the keychain free what it holds. */
  async close(): Promise<void> {
    await this.#grants?.return();
  }

  /** Everything there is to send, best first; whoever comes back for more was refused with what was sent. */
  async *#climb(what: string, challenge: Challenge): AsyncGenerator<Grant, void, undefined> {
    const { keychain, target, signal } = this.#request;
    const last = this.#remembered;
    if (last !== undefined && last.credential === undefined) yield* this.#attempt(what, challenge, undefined);
    const preferred = last?.credential && accountId(last.credential);
    try {
      for await (const credential of preferring(credentialsFrom(keychain, target, { signal }), preferred)) {
        yield* this.#attempt(what, challenge, credential);
        if (this.#tried.size >= maxCredentials) break;
      }
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.#unavailable = error;
    }
    // With Basic, anonymous is what was refused first of all.
    if (challenge.scheme === 'bearer' || this.#tried.size === 0) yield* this.#attempt(what, challenge, undefined);
  }

  /** What there is to send for one credential. That it was refused is noted, and the next one has its turn. */
  async *#attempt(
    what: string,
    challenge: Challenge,
    credential: Credential | undefined,
  ): AsyncGenerator<Grant, void, undefined> {
    const account = accountId(credential);
    if (this.#tried.has(account)) return;
    this.#tried.add(account);
    let error: RegistryError | undefined;
    try {
      yield* this.#grantsFor(what, challenge, credential);
      error = this.#latest;
    } catch (refusal) {
      if (!isRefusal(refusal)) throw refusal;
      error = refusal;
    }
    if (error !== undefined) this.#refused.push({ credential, error });
  }

  async *#grantsFor(
    what: string,
    challenge: Challenge,
    credential: Credential | undefined,
  ): AsyncGenerator<Grant, void, undefined> {
    const { registry, tls, target, actions, scopes, signal } = this.#request;
    const ready = readyAuthorization(challenge, credential);
    if (ready !== undefined) {
      const grant = { authorization: ready, expiresAt: Number.POSITIVE_INFINITY, credential, challenge };
      // Sending what was just refused once more would only count as another failed log-in.
      if (!this.#sent.has(ready)) yield grant;
      return;
    }
    if (challenge.scheme === 'basic') throw unauthorized(what, target, credential, actions);
    yield* this.#tokensFor({ registry, tls, target, actions, scopes, challenge, credential, signal });
  }

  async *#tokensFor(request: TokenRequest): AsyncGenerator<Grant, void, undefined> {
    for (let fetches = 0; fetches < maxTokenFetches; fetches++) {
      const { credential } = request;
      // One that is kept may have been revoked, and another request may have renewed it meanwhile.
      for (let kept = this.#tokens.kept(request); kept !== undefined; kept = this.#tokens.kept(request)) {
        if (!this.#sent.has(kept.authorization)) yield { ...kept, credential };
        this.#tokens.drop(request, kept);
      }
      const fresh = await this.#tokens.fetch(request);
      if (!this.#sent.has(fresh.authorization)) yield { ...fresh, credential };
      // Who shares it may have used it up before it was sent from here.
      if (this.#tokens.drop(request, fresh)) return;
    }
  }
}
