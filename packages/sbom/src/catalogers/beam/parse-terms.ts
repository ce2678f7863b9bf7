/** A term of Erlang or Elixir, as far as it is literal; binaries are texts. */
export type Term =
  | { readonly kind: 'atom' | 'text' | 'number'; readonly text: string }
  | { readonly kind: 'list' | 'tuple' | 'map'; readonly items: readonly Term[] };

/** How terms are written: `{ok, <<"text">>}.` or `{:ok, "text"}`. */
export type TermSyntax = 'erlang' | 'elixir';

/** Terms inside each other. */
const maxDepth = 64;
/** Terms of one text. */
const maxTerms = 500_000;

/**
 * Reads the literal terms of a text: atoms, numbers, texts and binaries, lists, tuples, maps. A pair of a keyword list
 * or a map is a tuple of two. What is computed is not understood.
 *
 * @returns undefined where something else is met. Never throws.
 */
export function parseTerms(text: string, syntax: TermSyntax): Term[] | undefined {
  const reader = new TermReader(text, syntax);
  const terms: Term[] = [];
  while (!reader.atEnd()) {
    const term = reader.pairOrTerm(0);
    if (term === undefined) return undefined;
    terms.push(term);
    // Erlang ends each term with a full stop.
    if (!reader.skip('.') && syntax === 'erlang') return undefined;
  }
  return terms;
}

const closings = { list: ']', tuple: '}', map: '}' } as const;

class TermReader {
  readonly #text: string;
  readonly #isErlang: boolean;
  readonly #comment: '%' | '#';
  #at = 0;
  #terms = 0;

  constructor(text: string, syntax: TermSyntax) {
    this.#text = text;
    this.#isErlang = syntax === 'erlang';
    this.#comment = this.#isErlang ? '%' : '#';
  }

  atEnd(): boolean {
    this.#space();
    return this.#at >= this.#text.length;
  }

  /** Passes over a mark, and the space before it, where it is next. */
  skip(mark: string): boolean {
    this.#space();
    if (!this.#text.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    return true;
  }

  /** A term; `key: value` and `key => value` are a tuple. */
  pairOrTerm(depth: number): Term | undefined {
    const term = this.#term(depth);
    if (term === undefined) return undefined;
    const isPair =
      this.skip('=>') || (!this.#isErlang && term.kind !== 'number' && this.#match(/:(?=\s)/y) !== undefined);
    if (!isPair) return term;
    const value = this.#term(depth + 1);
    return value && { kind: 'tuple', items: [term, value] };
  }

  #term(depth: number): Term | undefined {
    this.#terms += 1;
    if (depth > maxDepth || this.#terms > maxTerms) return undefined;
    if (this.skip('[')) return this.#items('list', depth);
    if (this.skip('{')) return this.#items('tuple', depth);
    if (this.skip(this.#isErlang ? '#{' : '%{')) return this.#items('map', depth);
    if (this.#isErlang && this.skip('<<')) return this.#binary(depth);
    const next = this.#text[this.#at];
    if (next === '"') return this.#quoted('text', '"');
    if (next === "'") return this.#quoted(this.#isErlang ? 'atom' : 'text', "'");
    if (!this.#isErlang && next === ':') {
      this.#at += 1;
      return this.#text[this.#at] === '"' ? this.#quoted('atom', '"') : this.#word('atom', /[A-Za-z_][\w@]*[?!]?/y);
    }
    return (
      this.#word('number', /[+-]?\d[\w#]*(?:\.\d+(?:[eE][+-]?\d+)?)?|\$\\?[\s\S]/y) ??
      this.#word('atom', this.#isErlang ? /[A-Za-z_][\w@]*/y : /[A-Za-z_][\w.@]*[?!]?/y)
    );
  }

  #items(kind: keyof typeof closings, depth: number): Term | undefined {
    const items: Term[] = [];
    const closing = closings[kind];
    while (!this.skip(closing)) {
      const item = this.pairOrTerm(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      // A comma may follow the last item in Elixir.
      if (this.skip(',')) continue;
      if (!this.skip(closing)) return undefined;
      break;
    }
    return { kind, items };
  }

  /** `<<"text">>`, `<<"text"/utf8>>`; of one that is made of numbers only the end counts. */
  #binary(depth: number): Term | undefined {
    if (this.skip('>>')) return { kind: 'text', text: '' };
    let first: Term | undefined;
    do {
      const part = this.#term(depth + 1);
      if (part === undefined) return undefined;
      first ??= part;
      this.#match(/\/[\w-]+|:\d+/y);
    } while (this.skip(','));
    if (!this.skip('>>')) return undefined;
    return first.kind === 'text' ? first : { kind: 'text', text: '' };
  }

  /** Texts of Erlang that follow each other are one. */
  #quoted(kind: 'text' | 'atom', quote: string): Term | undefined {
    let text = '';
    while (this.skip(quote)) {
      const part = this.#untilQuote(quote);
      if (part === undefined) return undefined;
      text += part;
      if (kind === 'atom' || !this.#isErlang) break;
    }
    return { kind, text };
  }

  #untilQuote(quote: string): string | undefined {
    const start = this.#at;
    for (let at = start; at < this.#text.length; at += 1) {
      const next = this.#text[at];
      if (next === '\\') at += 1;
      else if (next === quote) {
        this.#at = at + 1;
        return unescaped(this.#text.slice(start, at));
      }
    }
    return undefined;
  }

  #word(kind: 'atom' | 'number', pattern: RegExp): Term | undefined {
    const text = this.#match(pattern);
    return text === undefined ? undefined : { kind, text };
  }

  /** White space and comments. */
  #space(): void {
    this.#match(/\s+/y);
    while (this.#text.startsWith(this.#comment, this.#at)) {
      const lineEnd = this.#text.indexOf('\n', this.#at);
      this.#at = lineEnd < 0 ? this.#text.length : lineEnd;
      this.#match(/\s+/y);
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#text)?.[0];
    if (text !== undefined) this.#at += text.length;
    return text;
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', s: ' ', '\n': '' };

function unescaped(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\([\s\S])/g, (_, other) => escapes[other] ?? other) : text;
}

/** The items of a list, tuple or map; none of another term. */
export function itemsOfTerm(term: Term | undefined): readonly Term[] {
  return term !== undefined && 'items' in term ? term.items : [];
}

/** The text of an atom, a text or a binary. */
export function textOfTerm(term: Term | undefined): string | undefined {
  return term !== undefined && 'text' in term && term.kind !== 'number' ? term.text : undefined;
}

/** The value of the pair that has this key. */
export function valueOfKey(pairs: Term | undefined, key: string): Term | undefined {
  const pair = itemsOfTerm(pairs).find((item) => item.kind === 'tuple' && textOfTerm(item.items[0]) === key);
  return itemsOfTerm(pair)[1];
}
