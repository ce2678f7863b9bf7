import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';

/** A module whose content a `go.sum` vouches for. */
export interface SummedModule {
  readonly path: string;
  readonly version: string;
  /** `h1:` and base64 of a SHA-256 over the hashes of its files. */
  readonly sum: string;
}

/** Modules of one file that are taken; the largest projects have some thousand. */
const maxModules = 50_000;

/**
 * Reads a `go.sum` (Go Modules Reference, "go.sum files"). Lines for a `go.mod` alone are left out: of such a module Go
 * wanted to know only what it requires.
 */
export function parseGoSum(text: string): SummedModule[] {
  const modules: SummedModule[] = [];
  splitLines(text, (line) => {
    const [path = '', version = '', sum = '', ...more] = line.trim().split(/\s+/, 4);
    const usable = more.length === 0 && !version.endsWith('/go.mod') && /^h1:[A-Za-z0-9+/]{43}=$/.test(sum);
    if (usable && isPlainToken(path) && isPlainToken(version)) modules.push({ path, version, sum });
    return modules.length < maxModules;
  });
  return modules;
}
