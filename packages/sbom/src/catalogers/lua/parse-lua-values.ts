/** A literal value of Lua; the items of a table without names have the keys `1`, `2`, … */
export type LuaValue = string | ReadonlyMap<string, LuaValue>;

/** Tables inside each other. */
const maxDepth = 32;
/** Values of one text. */
const maxValues = 100_000;
/** Characters of one text that was put together. */
const maxLength = 64 * 1024;

/**
 * Reads the assignments of a Lua file that only assigns, as rockspecs do: texts (also put together with `..` from
 * others and from names that were assigned before), numbers and booleans as texts, tables.
 *
 * @returns the values by name, up to the first thing that is not understood. Never throws.
 */
export function parseLuaValues(text: string): ReadonlyMap<string, LuaValue> {
  const reader = new LuaReader(text);
  reader.assignments();
  return reader.values;
}

class LuaReader {
  readonly values: Map<string, LuaValue> = new Map();
  readonly #text: string;
  #at = 0;
  #count = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** `name = value` and `local name = value`, with a semicolon or nothing between them. */
  assignments(): void {
    for (;;) {
      this.#keyword('local');
      const name = this.#name();
      if (name === undefined || !this.#skip('=')) return;
      const value = this.#value(0);
      if (value === undefined) return;
      this.values.set(name, value);
      this.#skip(';');
    }
  }

  #value(depth: number): LuaValue | undefined {
    let value = this.#operand(depth);
    while (value !== undefined && this.#skip('..')) {
      const other = this.#operand(depth);
      if (typeof value !== 'string' || typeof other !== 'string') return undefined;
      value = value.length + other.length > maxLength ? undefined : value + other;
    }
    return value;
  }

  #operand(depth: number): LuaValue | undefined {
    this.#count += 1;
    if (depth > maxDepth || this.#count > maxValues) return undefined;
    if (this.#skip('{')) return this.#table(depth);
    if (this.#skip('(')) {
      const value = this.#value(depth + 1);
      return this.#skip(')') ? value : undefined;
    }
    const long = this.#match(/\[(=*)\[/y);
    if (long !== undefined) return this.#longText(`]${'='.repeat(long.length - 2)}]`);
    const quote = this.#match(/["']/y);
    if (quote !== undefined) return this.#quoted(quote);
    const number = this.#match(/-?\d[\w.]{0,40}/y);
    if (number !== undefined) return number;
    const name = this.#name();
    if (name === undefined) return undefined;
    return name === 'true' || name === 'false' || name === 'nil' ? name : this.#assigned(name);
  }

  /** Of names with parts, `a.b`, no value is known; an empty text stands for it, so that what follows can be read. */
  #assigned(name: string): LuaValue | undefined {
    return this.#match(/\.(?!\.)|[:([{"']/y) === undefined ? (this.values.get(name) ?? '') : undefined;
  }

  #table(depth: number): LuaValue | undefined {
    const table = new Map<string, LuaValue>();
    let index = 1;
    while (!this.#skip('}')) {
      const key = this.#key(depth);
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      table.set(key ?? String(index++), value);
      if (this.#skip(',') || this.#skip(';')) continue;
      if (!this.#skip('}')) return undefined;
      break;
    }
    return table;
  }

  /** `name =` or `["name"] =`. */
  #key(depth: number): string | undefined {
    const start = this.#at;
    const name = this.#skip('[') && this.#text[this.#at] !== '[' ? this.#bracketed(depth) : this.#name();
    if (name !== undefined && this.#skip('=') && this.#text[this.#at] !== '=') return name;
    this.#at = start;
    return undefined;
  }

  #bracketed(depth: number): string | undefined {
    const value = this.#value(depth + 1);
    return typeof value === 'string' && this.#skip(']') ? value : undefined;
  }

  #longText(end: string): string | undefined {
    const close = this.#text.indexOf(end, this.#at);
    if (close < 0) return undefined;
    const text = this.#text.slice(this.#at, close).replace(/^\r?\n/, '');
    this.#at = close + end.length;
    return text;
  }

  #quoted(quote: string): string | undefined {
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

  #name(): string | undefined {
    return this.#match(/[A-Za-z_]\w*/y);
  }

  #keyword(word: string): void {
    this.#space();
    if (/^local\s/.test(this.#text.slice(this.#at, this.#at + word.length + 1))) this.#at += word.length;
  }

  #skip(mark: string): boolean {
    this.#space();
    if (!this.#text.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    this.#space();
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#text)?.[0];
    if (text !== undefined) this.#at += text.length;
    return text;
  }

  /** White space and comments, long ones too. */
  #space(): void {
    for (;;) {
      const space = /\s+/y;
      space.lastIndex = this.#at;
      this.#at += space.exec(this.#text)?.[0].length ?? 0;
      if (!this.#text.startsWith('--', this.#at)) return;
      const long = /\[(=*)\[/y;
      long.lastIndex = this.#at + 2;
      const level = long.exec(this.#text)?.[1];
      const end = level === undefined ? '\n' : `]${level}]`;
      const close = this.#text.indexOf(end, this.#at);
      this.#at = close < 0 ? this.#text.length : close + end.length;
    }
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescaped(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\([\s\S])/g, (_, other) => escapes[other] ?? other) : text;
}
