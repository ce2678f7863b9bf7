/** One authentication challenge of a `WWW-Authenticate` header (RFC 9110 §11.6.1). */
export interface Challenge {
  /** Scheme in lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** Parameters by lower-case name; quoted strings are unquoted. The first of a repeated name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Longest header value looked at, in characters. */
const maxHeaderLength = 8192;

const space = /[ \t,]*/y;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const equals = /[ \t]*=[ \t]*/y;
const quoted = /"((?:[^"\\]|\\.)*)"/y;
const bareValue = /[^\s,"]+/y;

/** Cursor over one header value. */
class HeaderReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.slice(0, maxHeaderLength);
  }

  /** Takes what a sticky pattern matches here, or nothing. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#at = pattern.lastIndex;
    return match;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Steps over one character that fits nowhere, so that the rest is still understood. */
  skip(): void {
    this.#at += 1;
  }
}

function readValue(reader: HeaderReader): string {
  const string = reader.take(quoted);
  if (string !== undefined) return (string[1] ?? '').replace(/\\(.)/g, '$1');
  return reader.take(bareValue)?.[0] ?? '';
}

function parseOne(text: string): Challenge[] {
  const reader = new HeaderReader(text);
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  while (!reader.done) {
    reader.take(space);
    const name = reader.take(token)?.[0].toLowerCase();
    if (name === undefined) {
      reader.skip();
      continue;
    }
    const current = found.at(-1);
    // A word is a parameter when "=" follows, else the scheme of the next challenge.
    if (current !== undefined && reader.take(equals) !== undefined) {
      const value = readValue(reader);
      if (!current.parameters.has(name)) current.parameters.set(name, value);
    } else {
      found.push({ scheme: name, parameters: new Map() });
    }
  }
  return found;
}

/**
 * Parses the challenges of one or several `WWW-Authenticate` headers. Tolerant, since registries are not: what cannot
 * be understood is stepped over. Time is linear in the text.
 */
export function parseChallenges(headers: string | readonly string[] | undefined): readonly Challenge[] {
  if (headers === undefined) return [];
  return (typeof headers === 'string' ? [headers] : headers).flatMap(parseOne);
}
