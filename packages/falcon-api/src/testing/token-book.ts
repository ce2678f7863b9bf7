import { randomBytes } from 'node:crypto';

/** What the double knows of a bearer token. */
export type TokenState = 'valid' | 'expired' | 'revoked' | 'unknown' | 'missing';

/** The tokens the double has issued. */
export class TokenBook {
  readonly #issued = new Map<string, { readonly expiry: number; readonly ccid: string }>();
  readonly #revoked = new Set<string>();
  readonly #now: () => number;
  readonly #lifetime: number;

  /** @param lifetime - Seconds. */
  constructor(now: () => number, lifetime: number) {
    this.#now = now;
    this.#lifetime = lifetime;
  }

  /** Seconds. */
  get lifetime(): number {
    return this.#lifetime;
  }

  /**
   * A new token, in the outer form of a JWT.
   *
   * @param ccid - The customer it acts for.
   */
  issue(ccid: string): string {
    this.#forgetExpired();
    const part = (bytes: number) => randomBytes(bytes).toString('base64url');
    const token = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${part(48)}.${part(32)}`;
    this.#issued.set(token, { expiry: this.#now() + this.#lifetime * 1000, ccid });
    return token;
  }

  /** A token that was never issued stays unknown. */
  revoke(token: string): void {
    if (this.#issued.has(token)) {
      this.#revoked.add(token);
    }
  }

  /** Revokes every token that was issued. */
  revokeAll(): void {
    for (const token of this.#issued.keys()) {
      this.#revoked.add(token);
    }
  }

  /** The state of the token in an `Authorization` header. */
  check(authorization: string | undefined): TokenState {
    const token = readBearer(authorization);
    if (token === undefined) {
      return 'missing';
    }
    const issued = this.#issued.get(token);
    if (issued === undefined) {
      return 'unknown';
    }
    if (this.#revoked.has(token)) {
      return 'revoked';
    }
    return this.#now() < issued.expiry ? 'valid' : 'expired';
  }

  /** The customer that the token in an `Authorization` header acts for. */
  ccidOf(authorization: string | undefined): string | undefined {
    return this.#issued.get(readBearer(authorization) ?? '')?.ccid;
  }

  /** Tokens that expired a day ago are unknown, so that a double that runs for weeks does not grow. */
  #forgetExpired(): void {
    const longAgo = this.#now() - 24 * 3_600_000;
    for (const [token, { expiry }] of this.#issued) {
      if (expiry < longAgo) {
        this.#issued.delete(token);
        this.#revoked.delete(token);
      }
    }
  }
}

function readBearer(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
}
