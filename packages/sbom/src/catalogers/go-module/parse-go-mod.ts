import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';

/** A module at a version. */
export interface RequiredModule {
  readonly path: string;
  readonly version: string;
  /** True where no package of the main module imports one of its. */
  readonly indirect?: true;
}

/** What a `replace` directive puts in place of a module. */
export interface ReplacedModule {
  readonly path: string;
  /** Only this version; all where absent. */
  readonly version?: string;
  /** A module path, or a directory. */
  readonly by: string;
  /** Absent for a directory. */
  readonly byVersion?: string;
}

/** What a `go.mod` says. */
export interface GoMod {
  readonly module?: string;
  /** `1.21`, `1.22.3`. */
  readonly go?: string;
  readonly requires: readonly RequiredModule[];
  readonly replaces: readonly ReplacedModule[];
}

/** Directives of one kind that are taken. */
const maxDirectives = 50_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads a `go.mod` (Go Modules Reference, "go.mod files"). Directives and lines that it does not know are passed over.
 *
 * @returns undefined where the text has neither a `module` nor a `require` directive. Never throws.
 */
export function parseGoMod(text: string): GoMod | undefined {
  const head: Mutable<Omit<GoMod, 'requires' | 'replaces'>> = {};
  const requires: RequiredModule[] = [];
  const replaces: ReplacedModule[] = [];
  let block: string | undefined;
  splitLines(text, (line) => {
    const { words, comment } = wordsOf(line);
    const [first] = words;
    if (first === undefined) return undefined;
    if (block !== undefined && first === ')') {
      block = undefined;
      return undefined;
    }
    if (block === undefined && words[1] === '(') {
      block = first;
      return undefined;
    }
    const [directive, values] = block === undefined ? [first, words.slice(1)] : [block, words];
    if (directive === 'module') head.module ??= values[0] ?? '';
    else if (directive === 'go') head.go ??= values[0] ?? '';
    else if (directive === 'require') take(requires, required(values, comment));
    else if (directive === 'replace') take(replaces, replaced(values));
    return undefined;
  });
  return head.module === undefined && requires.length === 0 ? undefined : { ...head, requires, replaces };
}

function take<T>(list: T[], entry: T | undefined): void {
  if (entry !== undefined && list.length < maxDirectives) list.push(entry);
}

function required([path = '', version = '']: readonly string[], comment: string): RequiredModule | undefined {
  if (!isPlainToken(path) || !isPlainToken(version)) return undefined;
  return { path, version, ...(/^\s*indirect\b/.test(comment) && { indirect: true }) };
}

function replaced(values: readonly string[]): ReplacedModule | undefined {
  const arrow = values.indexOf('=>');
  const [path = '', version] = values.slice(0, Math.max(arrow, 0));
  const [by = '', byVersion] = values.slice(arrow + 1);
  if (![path, version ?? 'any', by, byVersion ?? 'any'].every(isPlainToken)) return undefined;
  return { path, by, ...(version !== undefined && { version }), ...(byVersion !== undefined && { byVersion }) };
}

/** Words are divided by white space; those in quotes may hold some. */
function wordsOf(line: string): { words: string[]; comment: string } {
  const words: string[] = [];
  for (const [word, quoted, raw] of line.matchAll(/"([^"]*)(?:"|$)|`([^`]*)(?:`|$)|\/\/.*|[^\s"`]+/g)) {
    if (word.startsWith('//')) return { words, comment: word.slice(2) };
    words.push(quoted ?? raw ?? word);
  }
  return { words, comment: '' };
}
