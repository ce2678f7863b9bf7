/** What one character of a label must be. */
type Test = (character: string) => boolean;
type Token = '*' | Test;

/** Reads the class after `[`; its end and what it accepts, or `undefined` where it is malformed. */
function readClass(text: string, start: number): { end: number; test: Test } | undefined {
  const ranges: (readonly [low: string, high: string])[] = [];
  let at = start;
  while (text[at] !== ']' || ranges.length === 0) {
    const low = text[at];
    const isRange = text[at + 1] === '-';
    const high = isRange ? text[at + 2] : low;
    if (low === undefined || high === undefined || /[\]-]/.test(low + high)) return undefined;
    ranges.push([low, high]);
    at += isRange ? 3 : 1;
  }
  return { end: at + 1, test: (character) => ranges.some(([low, high]) => low <= character && character <= high) };
}

function tokenize(glob: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < glob.length; ) {
    const character = glob.charAt(at);
    at += 1;
    if (character === '[') {
      const found = readClass(glob, at);
      if (found === undefined) return undefined;
      tokens.push(found.test);
      at = found.end;
    } else if (character !== '*') {
      tokens.push((other) => other === character);
    } else if (tokens.at(-1) !== '*') {
      tokens.push('*');
    }
  }
  return tokens;
}

/** Greedy with one place to come back to: a glob of many stars takes product time, not exponential time. */
function matches(tokens: readonly Token[], text: string): boolean {
  let [token, at] = [0, 0];
  let retry: { token: number; at: number } | undefined;
  while (at < text.length) {
    const current = tokens[token];
    if (current === '*') {
      retry = { token, at };
      token += 1;
    } else if (current?.(text.charAt(at)) === true) {
      token += 1;
      at += 1;
    } else if (retry !== undefined) {
      retry.at += 1;
      token = retry.token + 1;
      at = retry.at;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest === '*');
}

/**
 * Compiles the glob of one label of a host name: `*` is any run of characters, `[a-c]` one character of the class. That is
 * what Go's `filepath.Match` knows, without what cannot stand in the host of a URL. `undefined` for a malformed class.
 */
export function compileLabelGlob(glob: string): ((label: string) => boolean) | undefined {
  const tokens = tokenize(glob);
  return tokens && ((label) => matches(tokens, label));
}
