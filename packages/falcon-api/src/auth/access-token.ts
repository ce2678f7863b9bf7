/** A bearer token of the cloud. */
export interface AccessToken {
  /** What follows `Bearer `. */
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A token whose value shows in neither `inspect` nor JSON. */
export class IssuedToken implements AccessToken {
  readonly #value: string;
  readonly expiresAt: number;

  constructor(value: string, expiresAt: number) {
    this.#value = value;
    this.expiresAt = expiresAt;
  }

  get value(): string {
    return this.#value;
  }
}
