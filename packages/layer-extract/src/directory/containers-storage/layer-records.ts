import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { storageError, storageLimit } from './storage-error.ts';

/** What containers/storage notes of a layer that has come from an image. */
export interface LayerRecord {
  /** 64 hexadecimal digits; a name of folders. */
  readonly id: string;
  readonly parent: string | undefined;
  /** Digest of the archive, `sha256:` and 64 hexadecimal digits. */
  readonly diffId: string;
  /** Bytes of the archive. */
  readonly size: number | undefined;
}

const idForm = /^[0-9a-f]{64}$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads a `layers.json`. Layers that containers write to have no digest and are left out.
 *
 * @param recordBytes what the file may have
 * @throws the system's error where it cannot be opened
 */
export async function readLayerRecords(file: string, recordBytes: number): Promise<LayerRecord[]> {
  const records = parseJson(await readBounded(file, recordBytes));
  if (!Array.isArray(records)) throw storageError('layers.json', 'it is no list of layers');
  return records.flatMap((record: unknown) => layerRecord(record) ?? []);
}

async function readBounded(file: string, most: number): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await handle.stat();
    if (size > most) throw storageLimit('layers.json', 'recordBytes', most);
    // One byte more tells a file that grows; it is replaced when it changes, never written to.
    const bytes = Buffer.alloc(size + 1);
    let length = 0;
    for (let more = -1; more !== 0 && length < bytes.byteLength; length += more) {
      more = (await handle.read(bytes, length, bytes.byteLength - length, length)).bytesRead;
    }
    return bytes.toString('utf8', 0, length);
  } finally {
    await handle.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw storageError('layers.json', 'it is no JSON', cause);
  }
}

function layerRecord(record: unknown): LayerRecord | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  const fields = record as Record<string, unknown>;
  const { id, parent, 'diff-digest': diffId, 'diff-size': size } = fields;
  if (typeof id !== 'string' || !idForm.test(id)) return undefined;
  if (typeof diffId !== 'string' || !digestForm.test(diffId)) return undefined;
  return {
    id,
    parent: typeof parent === 'string' && idForm.test(parent) ? parent : undefined,
    diffId,
    size: Number.isSafeInteger(size) ? (size as number) : undefined,
  };
}
