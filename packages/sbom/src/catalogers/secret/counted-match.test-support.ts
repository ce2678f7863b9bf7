/** Part of a pattern: characters of a set, alternatives, or a look at what is around. */
type Part =
  | {
      readonly kind: 'set';
      readonly has: readonly boolean[];
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly kind: 'group'; readonly ways: readonly Part[][]; readonly min: number; readonly max: number }
  | { readonly kind: 'look'; readonly ways: readonly Part[][]; readonly behind: boolean; readonly negative: boolean };

/** How a backtracking matcher fared. */
export interface CountedMatch {
  /** Where the match ends; undefined for none. */
  readonly end: number | undefined;
  /** Characters compared, those again after going back included. */
  readonly steps: number;
}

/** Reads as much of the language of patterns as the rules use; anything else is an error. */
export function parsePattern(source: string): Part[] {
  const parser = new PatternParser(source);
  const ways = parser.ways();
  if (parser.at !== source.length || ways.length !== 1)
    throw new Error(`unknown in a pattern: ${source.slice(parser.at)}`);
  return ways[0] as Part[];
}

class PatternParser {
  at = 0;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  ways(): Part[][] {
    const ways: Part[][] = [[]];
    while (this.at < this.#source.length && this.#source[this.at] !== ')') {
      if (this.#take('|')) ways.push([]);
      else ways.at(-1)?.push(this.#part());
    }
    return ways;
  }

  #part(): Part {
    for (const [mark, behind, negative] of looks) if (this.#take(mark)) return this.#look(behind, negative);
    const named = /^\(\?<[a-z]+>|^\(\?:/.exec(this.#source.slice(this.at));
    if (named !== null) {
      this.at += named[0].length;
      const ways = this.#closed();
      return { kind: 'group', ways, ...this.#times() };
    }
    const set = /^(?:\[(?:\\.|[^\]\\])*\]|\\.|[^()[\]{}*+?|\\^$.])/.exec(this.#source.slice(this.at));
    if (set === null) throw new Error(`unknown in a pattern: ${this.#source.slice(this.at)}`);
    this.at += set[0].length;
    const pattern = new RegExp(`^${set[0]}$`);
    const has = Array.from({ length: 0x100 }, (_, code) => pattern.test(String.fromCharCode(code)));
    return { kind: 'set', has, ...this.#times() };
  }

  #look(behind: boolean, negative: boolean): Part {
    return { kind: 'look', ways: this.#closed(), behind, negative };
  }

  #closed(): Part[][] {
    const ways = this.ways();
    if (!this.#take(')')) throw new Error('a group without end');
    return ways;
  }

  #times(): { min: number; max: number; lazy: boolean } {
    const range = /^\{(\d+)(?:,(\d+))?\}/.exec(this.#source.slice(this.at));
    if (range === null) return this.#take('?') ? { min: 0, max: 1, lazy: false } : { min: 1, max: 1, lazy: false };
    this.at += range[0].length;
    const min = Number(range[1]);
    return { min, max: range[2] === undefined ? min : Number(range[2]), lazy: this.#take('?') };
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }
}

const looks = [
  ['(?<!', true, true],
  ['(?<=', true, false],
  ['(?!', false, true],
  ['(?=', false, false],
] as const;

/** Matches as a backtracking engine does, from `start`, and counts what that costs. */
export function countedMatch(parts: readonly Part[], text: string, start: number): CountedMatch {
  const counter = { steps: 0 };
  const end = matchParts(parts, 0, text, start, counter, (at) => at);
  return { end, steps: counter.steps };
}

type Then = (at: number) => number | undefined;

function matchParts(
  parts: readonly Part[],
  index: number,
  text: string,
  at: number,
  counter: { steps: number },
  then: Then,
): number | undefined {
  const part = parts[index];
  if (part === undefined) return then(at);
  const rest: Then = (next) => matchParts(parts, index + 1, text, next, counter, then);
  if (part.kind === 'set') return matchSet(part, text, at, counter, rest);
  if (part.kind === 'look') {
    const from = part.behind ? at - 1 : at;
    const met =
      from >= 0 && part.ways.some((way) => matchParts(way, 0, text, from, counter, (end) => end) !== undefined);
    return met === part.negative ? undefined : rest(at);
  }
  if (part.max !== 1) throw new Error('a group that repeats');
  for (const way of part.ways) {
    const end = matchParts(way, 0, text, at, counter, rest);
    if (end !== undefined) return end;
  }
  return part.min === 0 ? rest(at) : undefined;
}

function matchSet(
  { has, min, max, lazy }: Extract<Part, { kind: 'set' }>,
  text: string,
  at: number,
  counter: { steps: number },
  rest: Then,
): number | undefined {
  let count = 0;
  const goesOn = (): boolean => {
    counter.steps += 1;
    return at + count < text.length && (has[text.charCodeAt(at + count)] ?? false);
  };
  while (count < (lazy ? min : max) && goesOn()) count += 1;
  if (count < min) return undefined;
  for (;;) {
    counter.steps += 1;
    const end = rest(at + count);
    if (end !== undefined) return end;
    if (lazy ? count >= max || !goesOn() : count <= min) return undefined;
    count += lazy ? 1 : -1;
  }
}

/** Texts that go along with a pattern as far as its n-th part and then on and on, for each part and choice of character. */
export function hostileTexts(parts: readonly Part[], length: number): string[] {
  const flat = parts.flatMap(flatten);
  const texts: string[] = [];
  for (const [index, part] of flat.entries()) {
    const others = flat.filter((other) => other !== part);
    for (const longest of [true, false]) {
      const front = flat
        .slice(0, index)
        .map((set) => charOf(set, others).repeat(longest ? set.max : set.min))
        .join('');
      const run = charOf(part, others).repeat(length);
      texts.push((front + run).slice(0, length), `${(front + run).slice(0, length - 1)}\u00ff`);
      texts.push(`${front}${charOf(part, others).repeat(part.max)}${front}${run}`.slice(0, length));
    }
  }
  return [...new Set(texts)];
}

type SetPart = Extract<Part, { kind: 'set' }>;

function flatten(part: Part): SetPart[] {
  if (part.kind === 'set') return [part];
  return part.kind === 'group' ? (part.ways[0] ?? []).flatMap(flatten) : [];
}

/** Of the characters of a set the one that most other sets have as well: there a matcher has most to try. */
function charOf({ has }: SetPart, others: readonly SetPart[]): string {
  const codes = has.flatMap((member, code) => (member ? [code] : []));
  const shared = (code: number): number => others.filter((other) => other.has[code] === true).length;
  const best = codes.reduce((a, b) => (shared(b) > shared(a) ? b : a));
  return String.fromCharCode(best);
}
