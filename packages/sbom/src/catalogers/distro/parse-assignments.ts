import { splitLines } from '../text/read-lines.ts';

/**
 * Reads the shell-like assignments of os-release(5) and lsb-release: `NAME=value`, `#` comments, values bare, in single
 * or in double quotes, `\` escapes outside single quotes. A line that is no assignment is passed over; of two
 * assignments to one name the last counts.
 */
export function parseAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  splitLines(text, (line) => {
    const assignment = /^\s*([A-Za-z_][A-Za-z0-9_]*)=/.exec(line);
    if (assignment?.[1] !== undefined) values.set(assignment[1], unquote(line.slice(assignment[0].length)));
    return undefined;
  });
  return values;
}

/** What a shell would make of the text behind the equals sign, as far as os-release(5) allows it to be written. */
function unquote(text: string): string {
  let value = '';
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote === undefined && (character === ' ' || character === '\t')) break;
    if (quote === undefined && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = undefined;
    else if (character === '\\' && quote !== "'" && index + 1 < text.length) {
      index += 1;
      const escaped = text.charAt(index);
      // Between double quotes a backslash means something only before the characters that are special there.
      value += quote === '"' && !'"\\$`'.includes(escaped) ? `\\${escaped}` : escaped;
    } else value += character;
  }
  return value.trim();
}
