/** Characters that are gathered before they are handed on. */
const chunkLength = 64 * 1024;

/**
 * Writes a JSON object piece by piece, so that a large document never is one string. Each member begins a line, and so
 * does each element of a member that is a list: two versions can be compared line by line.
 *
 * @param members - In the order in which they are written; iterables are written as arrays, absent values left out.
 */
export function* jsonChunks(members: Readonly<Record<string, unknown>>): Iterable<string> {
  let text = '{';
  let separator = '\n';
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    text += `${separator}${JSON.stringify(name)}:`;
    separator = ',\n';
    if (!isIterable(value)) {
      text += JSON.stringify(value);
      continue;
    }
    let before = '[\n';
    for (const element of value) {
      text += before + JSON.stringify(element);
      before = ',\n';
      if (text.length < chunkLength) continue;
      yield text;
      text = '';
    }
    text += before === '[\n' ? '[]' : '\n]';
  }
  yield `${text}\n}\n`;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
