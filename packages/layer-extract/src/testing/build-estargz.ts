import { deflateRawSync, gzipSync } from 'node:zlib';
import { jsonDigestName } from '../seekable/toc-annotation.ts';
import { chunkArchive, digestOf, type TocRow } from './chunked-archive.ts';
import { file, type LayerEntry } from './layer-entry.ts';
import { bodyOf, paddingOf, tarEnd, writeHeader } from './write-tar.ts';

/** Name of the file that holds the table of contents. */
const tocName = 'stargz.index.json';

/** What the builders of seekable layers give. */
export interface SeekableArchive {
  readonly stored: Buffer;
  readonly tar: Buffer;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * A layer in the eStargz form (stargz-snapshotter, `docs/estargz.md`): a gzip member for each chunk, the table of
 * contents as last file, the footer. `legacy` writes the footer of stargz, its predecessor.
 */
export function buildEstargz(
  entries: readonly LayerEntry[],
  options: { readonly chunkSize: number; readonly legacy: boolean; readonly editToc: (rows: TocRow[]) => unknown },
): SeekableArchive {
  const compress = (bytes: Uint8Array) => gzipSync(bytes, { level: 1 }); // tests want it fast
  const archive = chunkArchive(entries, { chunkSize: options.chunkSize, compress });
  for (const row of archive.rows) delete row.endOffset;
  const json = Buffer.from(JSON.stringify(options.editToc(archive.rows)));
  const toc = file(tocName, json);
  const tail = Buffer.concat([writeHeader(toc), bodyOf(toc), paddingOf(toc), tarEnd]);
  return {
    stored: Buffer.concat([archive.stored, gzipSync(tail), footer(archive.stored.byteLength, options.legacy)]),
    tar: Buffer.concat([archive.tar, tail]),
    annotations: { [jsonDigestName]: digestOf(json) },
  };
}

/** An empty gzip member whose extra field holds the offset of the table: 51 bytes, 47 in the legacy form. */
function footer(tocOffset: number, legacy: boolean): Buffer {
  const text = Buffer.from(`${tocOffset.toString(16).padStart(16, '0')}STARGZ`);
  const subfield = legacy ? text : Buffer.concat([Buffer.from('SG'), uint16(text.byteLength), text]);
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff]);
  const empty = deflateRawSync(new Uint8Array(0), { level: 0 });
  return Buffer.concat([header, uint16(subfield.byteLength), subfield, empty, Buffer.alloc(8)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
