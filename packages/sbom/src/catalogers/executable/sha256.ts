import { createHash } from 'node:crypto';

/** The SHA-256 of a body as it passes, in lower-case hexadecimal. */
export async function sha256Of(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}
