/** One link of a `Link` header (RFC 8288 §3): its target as written, and its relation types in lower case. */
interface Link {
  readonly target: string;
  readonly relations: readonly string[];
}

/** Longest header looked at, in characters; Node reads no more than 16 KiB of headers anyway. */
const maxHeaderLength = 64 * 1024;

const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const quoted = /"((?:[^"\\]|\\.)*)"/y;
const target = /\s*<([^<>]*)>/y;
const parameter = /\s*;\s*/y;
const equals = /\s*=\s*/y;
const comma = /[\s,]*/y;

/** Reads what a sticky expression matches at the current position; each does so in linear time. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#at = pattern.lastIndex;
    return match;
  }
}

function parameterValue(scanner: Scanner): string {
  if (scanner.take(equals) === undefined) return '';
  const text = scanner.take(quoted)?.[1];
  return text === undefined ? (scanner.take(token)?.[0] ?? '') : text.replace(/\\(.)/g, '$1');
}

/** The links of a header, up to the first thing that is none. */
function* links(header: string): Generator<Link, void, undefined> {
  const scanner = new Scanner(header.slice(0, maxHeaderLength));
  for (;;) {
    scanner.take(comma);
    const found = scanner.take(target)?.[1];
    if (found === undefined) return;
    let relation: string | undefined;
    while (scanner.take(parameter) !== undefined) {
      const name = scanner.take(token)?.[0].toLowerCase();
      if (name === undefined) continue;
      const value = parameterValue(scanner);
      // RFC 8288 §3.3: of several `rel`, the first counts.
      if (name === 'rel') relation ??= value;
    }
    yield { target: found.trim(), relations: (relation ?? '').toLowerCase().split(/\s+/) };
  }
}

/**
 * The target of the link `rel="next"` of a response, as it is written: relative or absolute. `undefined` where there is
 * none, which is how the last page looks.
 *
 * @param headers value or values of the `Link` header
 */
export function nextLink(headers: string | readonly string[] | undefined): string | undefined {
  for (const header of typeof headers === 'string' ? [headers] : (headers ?? [])) {
    for (const link of links(header)) {
      if (link.relations.includes('next')) return link.target;
    }
  }
  return undefined;
}
