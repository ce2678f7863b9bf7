import { randomBytes } from 'node:crypto';

/** What the double knows of a bearer token. */
export type TokenState = 'valid' | 'expired' | 'revoked' | 'unknown' | 'missing';

/** The tokens the double has issued. */
export class TokenBook {
  readonly #expiry = new Map<string, number>();
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

  /** A new token, in the outer form of a JWT. */
  issue(): string {
    this.#forgetExpired();
    const part = (bytes: number) => randomBytes(bytes).toString('base64url');
    const token = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${part(48)}.${part(32)}`;
    this.#expiry.set(token, this.#now() + this.#lifetime * 1000);
    return token;
  }

  revoke(token: string): void {
    this.#revoked.add(token);
  }

  /** Revokes every token that was issued. */
  revokeAll(): void {
    for (const token of this.#expiry.keys()) {
      this.#revoked.add(token);
    }
  }

  /** The state of the token in an `Authorization` header. */
  check(authorization: string | undefined): TokenState {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      return 'missing';
    }
    const expiry = this.#expiry.get(token);
    if (expiry === undefined) {
      return 'unknown';
    }
    if (this.#revoked.has(token)) {
      return 'revoked';
    }
    return this.#now() < expiry ? 'valid' : 'expired';
  }

  /** Tokens that expired a day ago are unknown, so that a double that runs for weeks does not grow. */
  #forgetExpired(): void {
    const longAgo = this.#now() - 24 * 3_600_000;
    for (const [token, expiry] of this.#expiry) {
      if (expiry < longAgo) {
        this.#expiry.delete(token);
        this.#revoked.delete(token);
      }
    }
  }
}
