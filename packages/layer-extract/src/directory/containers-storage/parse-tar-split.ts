import { storageError, storageLimit } from './storage-error.ts';

/** A piece of an archive: its own bytes, or the content of a file that lies elsewhere. */
export type TarSplitPiece =
  | { readonly bytes: Uint8Array }
  | {
      /** The file's name as the archive has it, latin-1. */
      readonly name: string;
      readonly size: number;
    };

const newline = 0x0a;
/** Values of an entry's `type`. */
const [fileType, segmentType] = [1, 2];

/**
 * Reads a tar-split stream: one JSON object in each line, in the order of the archive. Files without content are left
 * out. Its checksums of files (CRC-64) are not looked at, since the digest of the whole archive says more.
 *
 * @param source the decompressed stream
 */
export async function* parseTarSplit(
  source: AsyncIterable<Uint8Array>,
  lineBytes: number,
): AsyncGenerator<TarSplitPiece, void, void> {
  let number = 0;
  for await (const line of linesOf(source, lineBytes)) {
    number += 1;
    const piece = readPiece(line, `tar-split, line ${number}`);
    if (piece !== undefined) yield piece;
  }
}

async function* linesOf(source: AsyncIterable<Uint8Array>, lineBytes: number): AsyncGenerator<string, void, void> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      const line = bytes.subarray(start, end);
      start = end + 1;
      if (heldBytes + line.byteLength > lineBytes) throw storageLimit('tar-split', 'lineBytes', lineBytes);
      yield Buffer.concat([...held, line]).toString();
      held = [];
      heldBytes = 0;
    }
    const rest = bytes.subarray(start);
    heldBytes += rest.byteLength;
    if (heldBytes > lineBytes) throw storageLimit('tar-split', 'lineBytes', lineBytes);
    if (rest.byteLength > 0) held.push(Buffer.from(rest));
  }
  if (heldBytes > 0) yield Buffer.concat(held).toString();
}

function readPiece(line: string, where: string): TarSplitPiece | undefined {
  if (line.trim() === '') return undefined;
  const { type, payload, name, name_raw: rawName, size = 0 } = parseLine(line, where);
  if (type === segmentType) {
    if (typeof payload !== 'string') throw storageError(where, 'a segment without bytes');
    const bytes = Buffer.from(payload, 'base64');
    return bytes.byteLength === 0 ? undefined : { bytes };
  }
  if (type !== fileType) throw storageError(where, 'an entry of an unknown type');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw storageError(where, 'a file without a valid size');
  }
  if (size === 0) return undefined;
  if (typeof rawName === 'string') return { name: Buffer.from(rawName, 'base64').toString('latin1'), size };
  if (typeof name === 'string') return { name: Buffer.from(name).toString('latin1'), size };
  throw storageError(where, 'a file without a name');
}

function parseLine(line: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw storageError(where, 'it is no JSON', cause);
  }
  throw storageError(where, 'it is no object');
}
