import { RuntimeError } from '../runtime-error.ts';

/** Longest line, in bytes: an event carries all labels of its container. */
const lineBytes = 1024 * 1024;

/**
 * Splits a stream of JSON documents at the line feeds that Docker and Podman write after each; empty lines are left
 * out, and so is a last line without end, of a connection that broke.
 *
 * Iterating throws RuntimeError `TOO_LARGE` for a line of more than 1 MiB.
 */
export async function* splitLines(
  source: AsyncIterable<Uint8Array>,
  where: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      const line = rest.subarray(0, end);
      rest = rest.subarray(end + 1);
      if (line.some((byte) => byte > 0x20)) yield line;
    }
    if (rest.length > lineBytes) {
      throw new RuntimeError('TOO_LARGE', `${where}: an event is larger than ${lineBytes} bytes`);
    }
  }
}
