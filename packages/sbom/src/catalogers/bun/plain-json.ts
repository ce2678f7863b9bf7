/**
 * Turns JSON with comments and trailing commas, as Bun and Deno write and read it, into plain JSON: both are replaced by
 * blanks. Any other text comes out as it is, for the JSON parser to refuse.
 */
export function plainJson(text: string): string {
  return withoutTrailingCommas(withoutComments(text));
}

function withoutComments(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') at = endOfString(text, at);
    if (text[at] !== '/') continue;
    const next = text[at + 1];
    if (next !== '/' && next !== '*') continue;
    const close = next === '/' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2);
    const end = close < 0 ? text.length : close + (next === '/' ? 0 : 2);
    parts.push(text.slice(copied, at), ' ');
    copied = end;
    at = end - 1;
  }
  return parts.join('') + text.slice(copied);
}

function withoutTrailingCommas(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  // The last comma, while only blanks came after it.
  let comma = -1;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at];
    if (unit === ',') comma = at;
    else if (unit === ']' || unit === '}') {
      if (comma >= 0) {
        parts.push(text.slice(copied, comma));
        copied = comma + 1;
      }
      comma = -1;
    } else if (unit === '"') {
      comma = -1;
      at = endOfString(text, at);
    } else if (unit !== ' ' && unit !== '\n' && unit !== '\r' && unit !== '\t') comma = -1;
  }
  return parts.join('') + text.slice(copied);
}

/** Position of the quote that ends the string beginning at `start`; the end of the text where none does. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
