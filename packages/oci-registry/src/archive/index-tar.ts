import { archiveInvalid } from './archive-error.ts';
import type { SequentialReader } from './sequential-reader.ts';
import { blockBytes, decodePaxRecords, decodeTarHeader, isEndBlock, type TarHeader } from './tar-header.ts';

/** Where the body of a member lies in the tar. */
export interface TarMember {
  readonly name: string;
  readonly kind: 'file' | 'symlink' | 'hardlink';
  /** Position of the first byte of the body. */
  readonly offset: number;
  /** Length of the body, in bytes. */
  readonly size: number;
  /** Target of a link, as written. */
  readonly target: string;
}

/** Most members of an archive; an image has a few per layer. */
const maxMembers = 100_000;
/** Longest body of a pax header or GNU long name, in bytes. */
const maxExtensionBytes = 256 * 1024;

const kinds: Readonly<Record<string, TarMember['kind']>> = {
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
};

/** GNU's type for a file with holes; its header goes on in blocks that look like content. */
const sparseType = 'S';
const sparseHint = 'pack it again without holes, that is without --sparse';

/** What the blocks before a header say about it. */
interface Extension {
  name?: string;
  target?: string;
  size?: number;
  isSparse?: boolean;
}

function padded(size: number): number {
  return Math.ceil(size / blockBytes) * blockBytes;
}

function withoutNul(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString('utf8', 0, end < 0 ? body.length : end);
}

/** Reads the body of a pax header or GNU long name into the extension; false where it is damaged. */
async function readExtension(reader: SequentialReader, header: TarHeader, extension: Extension): Promise<boolean> {
  if (header.size > maxExtensionBytes) return false;
  const body = (await reader.read(padded(header.size))).subarray(0, header.size);
  if (body.length < header.size) return false;
  if (header.type === 'L') extension.name = withoutNul(body);
  if (header.type === 'K') extension.target = withoutNul(body);
  if (header.type !== 'x') return true;
  const records = decodePaxRecords(body);
  const size = records?.get('size');
  if (records === undefined || (size !== undefined && !/^[0-9]{1,15}$/.test(size))) return false;
  const [name, target] = [records.get('path'), records.get('linkpath')];
  if (name !== undefined) extension.name = name;
  if (target !== undefined) extension.target = target;
  if (size !== undefined) extension.size = Number(size);
  if (records.keys().some((key) => key.startsWith('GNU.sparse.'))) extension.isSparse = true;
  return true;
}

/**
 * Yields the files and links of a tar archive, where they lie and how long they are. Bodies are passed over, unless
 * the consumer has read from the reader meanwhile.
 *
 * @throws RegistryError `ARCHIVE_INVALID` for a damaged or cut archive
 */
export async function* tarMembers(reader: SequentialReader, where: string): AsyncGenerator<TarMember> {
  let extension: Extension = {};
  for (let count = 0; ; ) {
    const block = await reader.read(blockBytes);
    if (block.length === 0 || (block.length === blockBytes && isEndBlock(block))) return;
    const header = block.length === blockBytes ? decodeTarHeader(block) : undefined;
    if (header === undefined) throw archiveInvalid(where, count === 0 ? 'it is not a tar archive' : 'it is damaged');
    count += 1;
    if (count > maxMembers) throw archiveInvalid(where, `it has more than ${maxMembers} members`);
    if ('xgLK'.includes(header.type)) {
      if (!(await readExtension(reader, header, extension))) throw archiveInvalid(where, 'a long name is damaged');
      continue;
    }
    if (header.type === sparseType || extension.isSparse === true) {
      throw archiveInvalid(
        where,
        'it has a sparse member, whose content is not as the header says',
        undefined,
        sparseHint,
      );
    }
    const size = extension.size ?? header.size;
    const offset = reader.position;
    const kind = kinds[header.type];
    // Links have no body, whatever their size field says.
    const length = kind === 'hardlink' || kind === 'symlink' ? 0 : size;
    const [name, target] = [extension.name ?? header.name, extension.target ?? header.linkName];
    extension = {};
    if (kind !== undefined) yield { name, kind, offset, size: length, target };
    const rest = offset + padded(length) - reader.position;
    if (!(await reader.skip(rest))) throw archiveInvalid(where, 'it is cut short');
  }
}
