const anchor = 'BusyBox v';
const banner = /BusyBox v(\d{1,4}(?:\.\d{1,4}){1,3})/;
/** Characters of a banner, and of what is kept of one piece for the next. */
const overlap = 64;

/**
 * Finds the version in the program itself, which names it in its help: `BusyBox v1.36.1 (2023-05-18 …)`.
 *
 * @param maxBytes - Bytes that are looked at.
 */
export async function busyboxVersion(
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<string | undefined> {
  let rest = '';
  let total = 0;
  for await (const chunk of content) {
    const text = rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    for (let at = text.indexOf(anchor); at >= 0; at = text.indexOf(anchor, at + 1)) {
      // The end of the banner may come with the next piece.
      const version = at + overlap <= text.length ? banner.exec(text.slice(at, at + overlap))?.[1] : undefined;
      if (version !== undefined) return version;
    }
    rest = text.slice(-overlap);
    total += chunk.byteLength;
    if (total >= maxBytes) break;
  }
  return banner.exec(rest)?.[1];
}
