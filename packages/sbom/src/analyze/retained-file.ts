import type { SelectedFile } from '../catalog/cataloger.ts';
import { headLength } from '../catalog/head-length.ts';
import type { EntryHeader, EntryKind } from '../catalog/layer-event.ts';
import { SbomError } from '../sbom-error.ts';
import type { KeptContent } from './retained-content.ts';

const readLength = 256 * 1024;

/** A file whose bytes are kept, in the form catalogers get; its body can be asked for any number of times. */
export function retainedFile(
  header: EntryHeader & { readonly kind: EntryKind; readonly size: number; readonly head?: Uint8Array },
  content: KeptContent,
): SelectedFile {
  const { kind, path, size, mode, uid, gid, mtime } = header;
  return {
    ...{ kind, path, size, mode, uid, gid, mtime },
    head: header.head ?? content.buffer?.subarray(0, headLength) ?? new Uint8Array(0),
    async *stream() {
      for (let offset = 0; offset < size; offset += readLength) {
        yield await content.read(offset, Math.min(readLength, size - offset));
      }
    },
    async bytes(max) {
      if (size > max) throw new SbomError('FILE_TOO_LARGE', `${path}: ${size} bytes, the limit is ${max}`);
      return content.buffer ?? content.read(0, size);
    },
    random: () => Promise.resolve(content),
  };
}
