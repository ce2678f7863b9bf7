import { LiteralFinder } from '../../scan-text/literal-finder.ts';
import { type TextWindow, WindowScanner } from '../../scan-text/window-scanner.ts';
import type { BinaryClass, VersionRule } from './binary-class.ts';

/** What a file says of itself as one class reads it: its version, or the library that knows it. */
export interface FoundVersion {
  /** Id of the class. */
  readonly class: string;
  readonly version?: string;
  /** Name of a shared library that the program is linked to. */
  readonly library?: string;
}

/** How a file is searched. */
export interface VersionSearchOptions {
  readonly classes: readonly BinaryClass[];
  /** Last name of the file. */
  readonly fileName: string;
  /** Bytes of the file, where they are known. */
  readonly size?: number;
  /** Times that a rule is tried beside a literal; bounds the work that a hostile file can cause. Default 5 000. */
  readonly maxTrials?: number;
}

/** A rule in the search of one file. */
interface Trial {
  readonly rule: VersionRule;
  readonly search: ClassSearch;
  /** Place among the rules of the class. */
  readonly rank: number;
}

/** What is tried where a literal is. */
interface LiteralTrials {
  readonly literal: string;
  readonly bytes: Buffer;
  readonly trials: readonly Trial[];
}

/** What is known of one class so far. */
interface ClassSearch {
  readonly id: string;
  readonly insteadOf: readonly string[];
  readonly found: Map<number, FoundVersion>;
  readonly rules: readonly VersionRule[];
}

/** Bytes on each side of a literal that its patterns see. */
const windowBytes = 512;
const defaultMaxTrials = 5_000;

/** Searches one file, which arrives in chunks, for the versions of all its classes. */
export class VersionSearch {
  /** Whether the search ended because of its limit. */
  limited = false;
  readonly #searches: readonly ClassSearch[];
  readonly #byLiteral: readonly LiteralTrials[];
  readonly #everywhere: readonly Trial[];
  readonly #scanner: WindowScanner | undefined;
  readonly #seen = new Set<string>();
  #trialsLeft: number;
  /** End of the text so far, in which a match may begin that goes on. */
  #tail = '';

  constructor({ classes, fileName, size, maxTrials = defaultMaxTrials }: VersionSearchOptions) {
    this.#trialsLeft = maxTrials;
    this.#searches = classes.map(({ id, insteadOf = [], rules }) => {
      return { id, insteadOf, found: new Map(), rules: typeof rules === 'function' ? rules(fileName) : rules };
    });
    const trials = this.#searches.flatMap((search) => search.rules.map((rule, rank) => ({ rule, search, rank })));
    this.#everywhere = trials.filter(({ rule }) => rule.near === undefined);
    const literals = new Set(trials.flatMap(({ rule }) => [rule.near ?? [], rule.requires ?? []].flat()));
    this.#byLiteral = Array.from(literals, (literal) => ({
      literal,
      bytes: Buffer.from(literal, 'latin1'),
      trials: trials.filter(({ rule }) => rule.near === literal),
    }));
    if (literals.size === 0) return;
    this.#scanner = new WindowScanner({
      finder: finderOf([...literals]),
      before: windowBytes,
      after: windowBytes,
      ...(size !== undefined && { size }),
      onHit: (literal, window) => this.#tryBeside(literal, window),
    });
  }

  /** Takes the next bytes. @returns false once there is nothing more to learn */
  push(chunk: Uint8Array): boolean {
    if (this.limited) return false;
    this.#tryEverywhere(chunk);
    this.#scanner?.push(chunk);
    return !this.limited && !this.#searches.every((search) => this.#isDecided(search));
  }

  /** Says that there are no more bytes. @returns one for each class that was found, in the order of the classes */
  end(): FoundVersion[] {
    if (!this.limited) this.#scanner?.end();
    const found = this.#searches.flatMap(({ id, insteadOf, found: ranks, rules }) => {
      const [, best] = [...ranks]
        .sort(
          ([a, one], [b, other]) => Number(one.version === undefined) - Number(other.version === undefined) || a - b,
        )
        .find(([rank]) => this.#isMet(rules[rank])) ?? [0, undefined];
      return best === undefined ? [] : [{ best, id, insteadOf }];
    });
    const replaced = new Set(found.flatMap(({ best, insteadOf }) => (best.version === undefined ? [] : insteadOf)));
    return found.filter(({ id }) => !replaced.has(id)).map(({ best }) => best);
  }

  #tryBeside(literal: number, window: TextWindow): boolean {
    const { literal: text, bytes, trials } = this.#byLiteral[literal] as LiteralTrials;
    // The finder takes upper for lower case.
    if (bytes.compare(window.bytes, window.at, window.at + bytes.length) !== 0) return true;
    this.#seen.add(text);
    let surroundings: string | undefined;
    for (const trial of trials) {
      if (trial.search.found.has(trial.rank)) continue;
      this.#trialsLeft -= 1;
      if (this.#trialsLeft < 0) {
        this.limited = true;
        return false;
      }
      surroundings ??= window.bytes.toString('latin1', window.from, window.to);
      this.#try(trial, surroundings);
    }
    return true;
  }

  #tryEverywhere(chunk: Uint8Array): void {
    if (this.#everywhere.every(({ search, rank }) => search.found.has(rank))) return;
    const text = this.#tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    for (const trial of this.#everywhere) if (!trial.search.found.has(trial.rank)) this.#try(trial, text);
    this.#tail = text.slice(-windowBytes);
  }

  #try({ rule, search, rank }: Trial, text: string): void {
    const { version, library } = rule.pattern.exec(text)?.groups ?? {};
    // A match is a part of a text of many thousand characters, which it would keep in memory.
    if (version !== undefined) search.found.set(rank, { class: search.id, version: ownCopy(version) });
    else if (library !== undefined) search.found.set(rank, { class: search.id, library: ownCopy(library) });
  }

  #isMet(rule: VersionRule | undefined): boolean {
    return rule?.requires === undefined || this.#seen.has(rule.requires);
  }

  /** What the best rule found cannot be bettered. */
  #isDecided({ found, rules }: ClassSearch): boolean {
    return found.get(0)?.version !== undefined && this.#isMet(rules[0]);
  }
}

function ownCopy(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

const finders = new Map<string, LiteralFinder>();

/** The same few sets of literals are looked for again and again, and a finder takes a millisecond to make. */
function finderOf(literals: readonly string[]): LiteralFinder {
  const key = literals.join('\0');
  let finder = finders.get(key);
  if (finder === undefined) {
    finder = new LiteralFinder(literals);
    finders.set(key, finder);
  }
  return finder;
}
