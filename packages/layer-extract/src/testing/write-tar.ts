import type { LayerEntry } from './layer-entry.ts';

const blockSize = 512;
const typeFlags = {
  ...{
    file: '0',
    hardlink: '1',
    symlink: '2',
    'character-device': '3',
    'block-device': '4',
    directory: '5',
    fifo: '6',
  },
} as const;
/** The largest number that eleven octal digits hold; the other number fields have seven. */
const maxOctal11 = 8 ** 11 - 1;
const maxOctal7 = 8 ** 7 - 1;

/** Two blocks of zeros. */
export const tarEnd: Buffer = Buffer.alloc(2 * blockSize);

/** A whole archive: POSIX ustar headers, pax records where a field does not fit, and the end of the archive. */
export function buildTar(entries: readonly LayerEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap((entry) => [writeHeader(entry), bodyOf(entry), paddingOf(entry)]), tarEnd]);
}

/** The header blocks of one entry, its extended header included. */
export function writeHeader(entry: LayerEntry): Buffer {
  const size = bodyOf(entry).byteLength;
  const { target = '', uid = 0, gid = 0, mtime = 0 } = entry;
  const records: [string, string][] = [];
  if (Buffer.byteLength(entry.path) > 100) records.push(['path', entry.path]);
  if (Buffer.byteLength(target) > 100) records.push(['linkpath', target]);
  if (size > maxOctal11) records.push(['size', String(size)]);
  if (uid > maxOctal7) records.push(['uid', String(uid)]);
  if (gid > maxOctal7) records.push(['gid', String(gid)]);
  if (mtime < 0 || mtime > maxOctal11 || !Number.isInteger(mtime)) records.push(['mtime', String(mtime)]);
  for (const [name, value] of Object.entries(entry.xattrs ?? {})) records.push([`SCHILY.xattr.${name}`, value]);
  const header = headerBlock({ ...entry, flag: typeFlags[entry.type], size });
  return records.length === 0 ? header : Buffer.concat([paxHeader(records), header]);
}

/** The content of an entry, empty for what has none. */
export function bodyOf(entry: LayerEntry): Uint8Array {
  return entry.content ?? new Uint8Array(0);
}

/** The zeros between an entry's content and the next header. */
export function paddingOf(entry: LayerEntry): Buffer {
  return Buffer.alloc(padding(bodyOf(entry).byteLength));
}

/** The permission bits that an entry is written with. */
export function modeOf(entry: LayerEntry): number {
  if (entry.mode !== undefined) return entry.mode;
  if (entry.type === 'directory') return 0o755;
  return entry.type === 'symlink' ? 0o777 : 0o644;
}

function paxHeader(records: readonly [string, string][]): Buffer {
  const body = Buffer.concat(records.map(([key, value]) => paxRecord(key, value)));
  const block = headerBlock({ path: 'PaxHeaders/entry', type: 'file', flag: 'x', size: body.byteLength });
  return Buffer.concat([block, body, Buffer.alloc(padding(body.byteLength))]);
}

/** A record begins with its own length in bytes, the digits of the length included. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.byteLength + 1;
  while (String(length).length + rest.byteLength !== length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function headerBlock(entry: LayerEntry & { readonly flag: string; readonly size: number }): Buffer {
  const block = Buffer.alloc(blockSize);
  const octal = (value: number, at: number, digits: number) =>
    block.write(
      `${(value >= 0 && value < 8 ** digits ? Math.floor(value) : 0).toString(8).padStart(digits, '0')}\0`,
      at,
    );
  Buffer.from(entry.path).copy(block, 0, 0, 100);
  octal(modeOf(entry), 100, 7);
  octal(entry.uid ?? 0, 108, 7);
  octal(entry.gid ?? 0, 116, 7);
  octal(entry.size, 124, 11);
  octal(entry.mtime ?? 0, 136, 11);
  block.write('        ', 148);
  block.write(entry.flag, 156);
  Buffer.from(entry.target ?? '').copy(block, 157, 0, 100);
  block.write('ustar\x0000', 257);
  octal(entry.deviceMajor ?? 0, 329, 7);
  octal(entry.deviceMinor ?? 0, 337, 7);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function padding(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}
