import type { LayerEvent } from '../catalog/layer-event.ts';

/** A regular file as its entry passes. */
export type FileEntry = Extract<LayerEvent, { kind: 'file' }>;

/** The first bytes of a file: at once where they are in memory already, which costs no turn of the event loop. */
export function headOf({ content }: FileEntry, length: number): Uint8Array | Promise<Uint8Array> {
  return content.available?.(length) ?? content.peek(length);
}
