import { createHash } from 'node:crypto';
import type { LayerEntry } from './layer-entry.ts';
import { bodyOf, modeOf, paddingOf, writeHeader } from './write-tar.ts';

/** One row of a table of contents, as it stands in the JSON (stargz-snapshotter, `docs/estargz.md`, "TOCEntry"). */
export interface TocRow {
  name: string;
  type: string;
  [property: string]: unknown;
}

/** What {@link chunkArchive} makes: the compressed pieces of an archive and the rows that describe it. */
export interface ChunkedArchive {
  /** Compressed, without the end of the archive. */
  readonly stored: Buffer;
  /** The archive itself, without its end. */
  readonly tar: Buffer;
  readonly rows: TocRow[];
}

const rowTypes = {
  ...{ file: 'reg', directory: 'dir', symlink: 'symlink', hardlink: 'hardlink', fifo: 'fifo' },
  ...{ 'character-device': 'char', 'block-device': 'block' },
} as const;

/**
 * Compresses an archive so that every chunk of every file is a piece of its own, with what lies between the contents
 * (headers, padding) in pieces between them.
 */
export function chunkArchive(
  entries: readonly LayerEntry[],
  options: { readonly chunkSize: number; readonly compress: (bytes: Uint8Array) => Uint8Array },
): ChunkedArchive {
  const pieces: Uint8Array[] = [];
  const tar: Uint8Array[] = [];
  const rows: TocRow[] = [];
  let offset = 0;
  let between: Uint8Array[] = [];
  const store = (bytes: Uint8Array): void => {
    const piece = options.compress(bytes);
    tar.push(bytes);
    pieces.push(piece);
    offset += piece.byteLength;
  };
  const flush = (): void => {
    if (between.length > 0) store(Buffer.concat(between));
    between = [];
  };
  for (const entry of entries) {
    between.push(writeHeader(entry));
    const body = bodyOf(entry);
    const row = rowOf(entry);
    rows.push(row);
    for (let at = 0; at < body.byteLength; at += options.chunkSize) {
      flush();
      const chunk = body.subarray(at, at + options.chunkSize);
      const last = at + chunk.byteLength === body.byteLength;
      const target: TocRow = at === 0 ? row : { name: entry.path, type: 'chunk', chunkOffset: at };
      if (at > 0) rows.push(target);
      Object.assign(target, { offset, chunkSize: last ? 0 : chunk.byteLength, chunkDigest: digestOf(chunk) });
      store(chunk);
      if (last) row.endOffset = offset;
    }
    between.push(paddingOf(entry));
  }
  flush();
  return { stored: Buffer.concat(pieces), tar: Buffer.concat(tar), rows };
}

/** `sha256:` and the digest in hexadecimal digits. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function rowOf(entry: LayerEntry): TocRow {
  const row: TocRow = {
    ...{ name: entry.path, type: rowTypes[entry.type], mode: modeOf(entry) },
    ...{ uid: entry.uid ?? 0, gid: entry.gid ?? 0 },
    modtime: new Date((entry.mtime ?? 0) * 1000).toISOString().replace('.000Z', 'Z'),
  };
  const body = bodyOf(entry);
  if (body.byteLength > 0) Object.assign(row, { size: body.byteLength, digest: digestOf(body) });
  if (entry.target !== undefined) row.linkName = entry.target;
  if (entry.deviceMajor !== undefined) Object.assign(row, { devMajor: entry.deviceMajor, devMinor: entry.deviceMinor });
  return row;
}
