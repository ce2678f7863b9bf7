/** Words between the parts of a rich dependency (rpm, docs/manual/boolean_dependencies.md). */
const operators: ReadonlySet<string> = new Set(['and', 'or', 'if', 'else', 'unless', 'with', 'without']);
/** Characters of a requirement that is read; the longest of real packages have some hundred. */
const maxLength = 8192;
/** Brackets within brackets that are followed. */
const maxDepth = 20;

/**
 * Reads what one requirement asks for: a plain name, or a rich dependency such as `(a and (b or c))`. Conditions count
 * as fulfilled: of `a if b` it gives `a`. Versions are left out: what is installed satisfied them once. Never throws.
 *
 * @returns one entry for each need, in it the names of its alternatives in order
 */
export function parseRequirement(text: string): string[][] {
  if (!text.startsWith('(')) return [[text]];
  if (text.length > maxLength) return [];
  const words = wordsOf(text);
  return expression(words, { at: 0 }, 0);
}

interface Position {
  at: number;
}

/** One bracket: parts with the same word between them. */
function expression(words: readonly string[], position: Position, depth: number): string[][] {
  position.at += 1; // The opening bracket.
  let needs: string[][] = [];
  let operator: string | undefined;
  while (position.at < words.length && words[position.at] !== ')') {
    const part = operand(words, position, depth);
    needs = operator === undefined ? part : joined(needs, operator, part);
    const word = words[position.at];
    if (word === undefined || !operators.has(word)) break;
    operator = word;
    position.at += 1;
  }
  position.at += 1;
  return needs;
}

function joined(needs: string[][], operator: string, part: string[][]): string[][] {
  if (operator === 'and' || operator === 'with') return [...needs, ...part];
  if (operator === 'or') return [[...needs.flat(), ...part.flat()]];
  // `if`, `unless`, `without` and what comes after an `else` are no needs of their own.
  return needs;
}

/** A bracket, or a name with what is said of its version. */
function operand(words: readonly string[], position: Position, depth: number): string[][] {
  if (words[position.at] === '(') {
    if (depth < maxDepth) return expression(words, position, depth + 1);
    position.at = words.length;
    return [];
  }
  const name = words[position.at] ?? '';
  do position.at += 1;
  while (position.at < words.length && words[position.at] !== ')' && !operators.has(words[position.at] ?? ''));
  return [[name]];
}

/** Words and brackets; the brackets of a name such as `libc.so.6(GLIBC_2.34)(64bit)` are part of it. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let open = 0;
  const finish = () => {
    if (word !== '') words.push(word);
    word = '';
  };
  for (const character of text) {
    if (/\s/.test(character)) finish();
    else if (character === '(' && word === '') words.push('(');
    else if (character === ')' && open === 0) {
      finish();
      words.push(')');
    } else {
      if (character === '(') open += 1;
      if (character === ')') open -= 1;
      word += character;
    }
  }
  finish();
  return words;
}
