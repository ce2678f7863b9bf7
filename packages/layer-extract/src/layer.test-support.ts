import { pack } from 'tar-stream';
import type { LayerBlob } from './blob/layer-blob.ts';

/** An entry for {@link packTar}: a path with content, or a header. */
export interface PackedEntry {
  readonly name: string;
  readonly type?: 'file' | 'directory' | 'symlink' | 'link' | 'fifo' | 'character-device' | 'contiguous-file';
  readonly linkname?: string;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  readonly mtime?: Date;
  readonly pax?: Record<string, string>;
}

/** An archive as tar-stream writes it. */
export async function packTar(entries: readonly PackedEntry[]): Promise<Buffer> {
  const packer = pack();
  for (const { content = '', ...header } of entries)
    packer.entry({ mtime: new Date(0), ...header }, Buffer.from(content));
  packer.finalize();
  return await readAll(packer as AsyncIterable<Uint8Array>);
}

/** A header block by hand, for what tar-stream does not write; its body is added, padded. */
export function rawEntry(fields: {
  readonly name: string | Uint8Array;
  readonly type?: string;
  readonly size?: number;
  readonly linkName?: string;
  readonly body?: string | Uint8Array;
}): Buffer {
  const body = Buffer.from(fields.body ?? '');
  const block = Buffer.alloc(512);
  Buffer.from(fields.name as string).copy(block, 0, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${(fields.size ?? body.byteLength).toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(fields.type ?? '0', 156);
  block.write(fields.linkName ?? '', 157);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([block, body, Buffer.alloc((512 - (body.byteLength % 512)) % 512)]);
}

/** A pax header with one record, followed by nothing. */
export function paxHeader(key: string, value: string | Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value as string), Buffer.from('\n')]);
  let length = rest.byteLength + 1;
  while (String(length).length + rest.byteLength !== length) length += 1;
  return rawEntry({ name: 'PaxHeaders/x', type: 'x', body: Buffer.concat([Buffer.from(String(length)), rest]) });
}

/** Two blocks of zeros. */
export const endOfArchive: Buffer = Buffer.alloc(1024);

/** What {@link trackedSource} saw. */
export interface SourceLog {
  /** Chunks that were asked for. */
  pulled: number;
  /** Whether the source was read to its end. */
  finished: boolean;
  /** Whether the source was closed, by its end or earlier. */
  closed: boolean;
}

/** A source that gives `bytes` in chunks, then throws `failure` if there is one, and logs how it was treated. */
export function trackedSource(
  bytes: Uint8Array,
  options: { readonly chunk?: number; readonly failure?: unknown } = {},
): { readonly source: AsyncGenerator<Uint8Array>; readonly log: SourceLog } {
  const log: SourceLog = { pulled: 0, finished: false, closed: false };
  return { log, source: generate() };

  async function* generate(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of chunksOf(bytes, options.chunk ?? 1000)) {
        log.pulled += 1;
        yield chunk;
      }
      if (options.failure !== undefined) throw options.failure;
      log.finished = true;
    } finally {
      log.closed = true;
    }
  }
}

/** The bytes in pieces of `size`, the last one shorter. */
export function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

/** A layer with these bytes. */
export function blobOf(
  bytes: Uint8Array,
  mediaType = 'application/vnd.oci.image.layer.v1.tar',
  chunk = 1000,
): LayerBlob {
  return { mediaType, open: () => trackedSource(bytes, { chunk }).source };
}

/** Everything that an iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** All bytes of a source. */
export async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await collect(chunks));
}
