import { open } from 'node:fs/promises';
import type { EntryContent, LayerEvent } from '../../packages/sbom/src/catalog/layer-event.ts';

const chunkBytes = 256 * 1024;

/** Files of this machine as entries of one layer, under their own paths without the leading slash. */
export async function* filesLayer(paths: readonly string[]): AsyncIterable<LayerEvent> {
  for (const path of paths) {
    await using file = await open(path);
    const { size, mode, uid, gid } = await file.stat();
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    const content: EntryContent = {
      peek: (length) => read(0, length),
      async *[Symbol.asyncIterator]() {
        for (let offset = 0; offset < size; offset += chunkBytes) yield await read(offset, chunkBytes);
      },
    };
    const header = { path: path.slice(1), mode: mode & 0o7777, uid, gid, mtime: 0 };
    yield { kind: 'file', ...header, size, content };
  }
}
