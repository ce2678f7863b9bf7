import { SbomError } from '../../../../sbom-error.ts';
import { viewOf } from '../block-reader.ts';
import { readVarint } from './record.ts';
import type { SqlitePages } from './sqlite-pages.ts';

const leafPage = 0x0d;
const interiorPage = 0x05;

/** What {@link tableRows} needs to know beside the pages. */
export interface TableRowsOptions {
  /** Number of the page where the table's tree begins. */
  readonly root: number;
  /** Bytes that one row may have. */
  readonly maxRowBytes: number;
  /** Asked before a row is read; it throws where that would be more than the database has. */
  readonly spend: (bytes: number) => void;
  /** Told of a row that was passed over for its length, in bytes. */
  readonly tooLarge: (length: number) => void;
  /** Told of a page or row that breaks the format; the others go on. */
  readonly damaged: (error: unknown) => void;
}

/** A page of a table's tree. */
interface TreePage {
  readonly number: number;
  readonly bytes: Uint8Array;
  /** Where the page's own head begins: behind the head of the database on the first page. */
  readonly start: number;
}

/** The rows of a table in the order of their keys, one at a time (SQLite file format, section 1.6, "B-tree Pages"). */
export async function* tableRows(pages: SqlitePages, options: TableRowsOptions): AsyncGenerator<Uint8Array, void> {
  const waiting = [options.root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    try {
      const page: TreePage = { number, bytes: await pages.page(number), start: number === 1 ? 100 : 0 };
      const type = page.bytes[page.start];
      if (type === interiorPage) {
        waiting.push(...children(page));
        if (waiting.length > pages.count)
          throw new SbomError('MALFORMED', 'SQLite: a table has more pages than the file');
      } else if (type === leafPage) yield* rowsOf(page, pages, options);
      else throw new SbomError('MALFORMED', `SQLite: page ${number} of type ${type} in a table`);
    } catch (error) {
      options.damaged(error);
    }
  }
}

/** Pages below an interior page, the last one first. */
function children({ number, bytes, start }: TreePage): number[] {
  const view = viewOf(bytes);
  const found = [view.getUint32(start + 8)];
  for (const cell of cellOffsets(number, view, start, 12).reverse()) found.push(view.getUint32(cell));
  return found;
}

async function* rowsOf(
  { number, bytes, start }: TreePage,
  pages: SqlitePages,
  { maxRowBytes, spend, tooLarge, damaged }: TableRowsOptions,
): AsyncGenerator<Uint8Array, void> {
  for (const cell of cellOffsets(number, viewOf(bytes), start, 8)) {
    try {
      const { value: length, end: key } = readVarint(bytes, cell);
      if (length > maxRowBytes) {
        tooLarge(length);
        continue;
      }
      spend(length);
      yield await rowBytes(pages, bytes, readVarint(bytes, key).end, length);
    } catch (error) {
      damaged(error);
    }
  }
}

/** Where the cells of a page begin, in the order of their keys. @param head - Bytes of the page's head. */
function cellOffsets(number: number, view: DataView, start: number, head: number): number[] {
  const count = view.getUint16(start + 3);
  const first = start + head;
  if (first + count * 2 > view.byteLength) throw new SbomError('MALFORMED', `SQLite: ${count} cells on page ${number}`);
  const offsets = Array.from({ length: count }, (_, index) => view.getUint16(first + index * 2));
  // An interior cell begins with the number of a page.
  if (offsets.some((offset) => offset + 4 > view.byteLength)) {
    throw new SbomError('MALFORMED', `SQLite: a cell begins beyond page ${number}`);
  }
  return offsets;
}

/** Puts a row together from its cell and the overflow pages that go on with it. */
async function rowBytes(pages: SqlitePages, page: Uint8Array, start: number, length: number): Promise<Uint8Array> {
  const here = bytesOnLeaf(length, pages.usableBytes);
  if (start + here > page.length) {
    throw new SbomError('MALFORMED', `SQLite: a row of ${length} bytes leaves its page`);
  }
  const row = new Uint8Array(length);
  row.set(page.subarray(start, start + here));
  if (here === length) return row;
  if (start + here + 4 > page.length) throw new SbomError('MALFORMED', 'SQLite: a row does not say where it goes on');
  let next = viewOf(page).getUint32(start + here);
  for (let filled = here; filled < length; ) {
    const overflow = await pages.page(next);
    const part = overflow.subarray(4, Math.min(pages.usableBytes, 4 + length - filled));
    row.set(part, filled);
    filled += part.length;
    next = viewOf(overflow).getUint32(0);
  }
  return row;
}

/** How much of a row of that length lies in its cell (the rules for table leaves). */
function bytesOnLeaf(length: number, usable: number): number {
  const most = usable - 35;
  if (length <= most) return length;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const even = least + ((length - least) % (usable - 4));
  return even <= most ? even : least;
}
