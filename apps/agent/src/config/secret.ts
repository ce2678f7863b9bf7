import { inspect } from 'node:util';

/** Text that shows itself only to those who ask for it: in logs, JSON and error messages it is `***`. */
export class Secret {
  readonly #value: string;
  readonly #shown: string;

  /** @param shown - What may be seen of it. */
  constructor(value: string, shown = '***') {
    this.#value = value;
    this.#shown = shown;
  }

  /** The text itself. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return this.#shown;
  }

  toJSON(): string {
    return this.#shown;
  }
}

// Here, because a declaration file cannot have a method whose name is computed.
Object.defineProperty(Secret.prototype, inspect.custom, {
  value(this: Secret): string {
    return this.toString();
  },
});
