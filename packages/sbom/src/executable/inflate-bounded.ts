import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';

const inflateAsync = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(inflate);
const gunzipAsync = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(gunzip);

/** The outcome of {@link inflateBounded}. */
export type Inflated =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'malformed' | 'too-large'; readonly reason: string };

/** Decompresses a document that lies in an executable; what follows its end is left alone. Never throws. */
export async function inflateBounded(bytes: Uint8Array, format: 'zlib' | 'gzip', max: number): Promise<Inflated> {
  try {
    const decompress = format === 'zlib' ? inflateAsync : gunzipAsync;
    return { kind: 'bytes', bytes: await decompress(bytes, { maxOutputLength: max }) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    if (code === 'ERR_BUFFER_TOO_LARGE')
      return { kind: 'too-large', reason: `more than ${max} bytes when decompressed` };
    return { kind: 'malformed', reason: `not ${format} data (${code})` };
  }
}
