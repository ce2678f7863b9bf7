import { RuntimeError } from '../runtime-error.ts';

/**
 * Reads a small stream into memory.
 *
 * @throws RuntimeError `TOO_LARGE` as soon as it has more than `limit` bytes
 */
export async function readCapped(source: AsyncIterable<Uint8Array>, limit: number, where: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > limit) throw new RuntimeError('TOO_LARGE', `${where}: it is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
