/**
 * The non-empty lines of a byte stream as UTF-8 text. What follows the last line feed is a line that was cut and is
 * dropped.
 *
 * @param tooLong - Makes the error for a line of more than `maxLineBytes` bytes.
 */
export async function* splitLines(
  source: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
  tooLong: () => Error,
): AsyncGenerator<string, void, undefined> {
  let parts: Uint8Array[] = [];
  let size = 0;
  const add = (part: Uint8Array): void => {
    size += part.length;
    if (size > maxLineBytes) throw tooLong();
    // A server that sends single bytes must not cost an object for each.
    if (part.length > 0) parts.push(part);
    if (parts.length > 4096) parts = [Buffer.concat(parts, size)];
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      if (size > 0) {
        const line = Buffer.concat(parts, size).toString('utf8');
        parts = [];
        size = 0;
        yield line;
      }
    }
    add(chunk.subarray(start));
  }
}
