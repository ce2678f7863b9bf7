import { isAbsolute, join } from 'node:path';
import { WatcherError } from '../watcher-error.ts';

/** Where the fields of a stanza come from. */
export interface StanzaOrigin {
  /** For messages: `kubeconfig /path`, or `kubeconfig` for a text. */
  readonly file: string;
  /** Absolute; relative paths start here. `undefined` for a text, whose paths start in the working directory. */
  readonly directory: string | undefined;
}

/**
 * One mapping of a kubeconfig, read field by field: absent, null and empty are the same, as they are to kubectl. A field
 * of the wrong kind is a WatcherError `OPTIONS_INVALID` that names the field and never its value, which may be a secret.
 */
export class Stanza {
  readonly #origin: StanzaOrigin;
  readonly #position: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  /** @param position - The mapping's place in the file, such as `users[0].user`; empty for the file itself. */
  constructor(origin: StanzaOrigin, position: string, value: unknown) {
    this.#origin = origin;
    this.#position = position;
    if (!isMapping(value ?? {})) throw this.#wrong(position, 'is not a mapping');
    this.#fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== 'string') throw this.problem(name, 'is not a string');
    return value === '' ? undefined : value;
  }

  /** As {@link text}, for what the file cannot do without. */
  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw this.problem(name, 'is missing');
    return value;
  }

  /** kubectl reads YAML 1.1, where `yes` and `on` are true. */
  flag(name: string): boolean {
    const value = this.#get(name) ?? false;
    if (typeof value === 'boolean') return value;
    const word = typeof value === 'string' ? /^(?:(y|yes|on)|n|no|off)$/i.exec(value) : null;
    if (word === null) throw this.problem(name, 'is neither true nor false');
    return word[1] !== undefined;
  }

  texts(name: string): readonly string[] {
    return this.#list(name).map((value, index) => {
      if (typeof value !== 'string') throw this.problem(`${name}[${index}]`, 'is not a string');
      return value;
    });
  }

  /** A file's name, absolute where the kubeconfig is a file. */
  path(name: string): string | undefined {
    const path = this.text(name);
    return path === undefined ? undefined : this.resolve(path);
  }

  /** A path of this stanza, from the directory of its file. */
  resolve(path: string): string {
    const { directory } = this.#origin;
    return directory === undefined || isAbsolute(path) ? path : join(directory, path);
  }

  /** The text in a field of base64 in the standard alphabet, which may be broken into lines. */
  base64(name: string): string | undefined {
    const data = this.text(name)?.replace(/[\r\n]/g, '');
    if (data !== undefined && !/^(?:[a-z0-9+/]{4})*(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?$/i.test(data)) {
      throw this.problem(name, 'is not base64');
    }
    return data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8');
  }

  /** A mapping inside; an empty one where there is none. */
  child(name: string): Stanza {
    return new Stanza(this.#origin, this.#at(name), this.#get(name));
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  stanzas(name: string): readonly Stanza[] {
    return this.#list(name).map((value, index) => new Stanza(this.#origin, `${this.#at(name)}[${index}]`, value));
  }

  /** The names of the fields that are there. */
  names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  /** The value as it stands in the file, for those it is passed on to. */
  raw(name: string): unknown {
    return this.#get(name);
  }

  /** The error for a field; `what` must not quote a value that may be secret. */
  problem(name: string, what: string, hint?: string): WatcherError {
    return this.#wrong(this.#at(name), what, hint);
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  #list(name: string): readonly unknown[] {
    const value = this.#get(name) ?? [];
    if (!Array.isArray(value)) throw this.problem(name, 'is not a list');
    return value;
  }

  #at(name: string): string {
    return this.#position === '' ? name : `${this.#position}.${name}`;
  }

  #wrong(place: string, what: string, hint?: string): WatcherError {
    return new WatcherError('OPTIONS_INVALID', `${this.#origin.file}: ${place || 'it'} ${what}`, { hint });
  }
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
