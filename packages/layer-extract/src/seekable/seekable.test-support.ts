import { readAll } from '../layer.test-support.ts';
import type { BuiltLayer } from '../testing/build-layer.ts';
import type { SeekableBlob } from './seekable-blob.ts';

/** A blob that logs what is requested of it. */
export interface LoggedBlob extends SeekableBlob {
  readonly requests: { readonly start: number; readonly end: number; bytes: number; closed: boolean }[];
}

/** The layer's stored bytes in small chunks, every request logged with the bytes that were really taken. */
export function loggedBlob(layer: BuiltLayer, chunkSize = 16_384): LoggedBlob {
  const requests: LoggedBlob['requests'] = [];
  const { mediaType, size, annotations } = layer;
  return {
    ...{ mediaType, size, annotations, requests },
    async *readRange(start, end) {
      const request = { start, end, bytes: 0, closed: false };
      requests.push(request);
      try {
        for (let at = start; at < end; at += chunkSize) {
          const chunk = layer.bytes.subarray(at, Math.min(end, at + chunkSize));
          request.bytes += chunk.byteLength;
          yield chunk;
        }
      } finally {
        request.closed = true;
      }
    },
  };
}

/** Events as plain values, contents as hexadecimal text; without what only one kind of walk has. */
export async function plainEvents(events: AsyncIterable<{ readonly kind: string }>): Promise<unknown[]> {
  const plain: unknown[] = [];
  for await (const event of events) {
    const { content, source: _, selected: __, ...rest } = event as Record<string, unknown>;
    const bytes = content === undefined ? undefined : await readAll(content as AsyncIterable<Uint8Array>);
    if (rest.path !== 'stargz.index.json') plain.push({ ...rest, content: bytes?.toString('hex') });
  }
  return plain;
}
