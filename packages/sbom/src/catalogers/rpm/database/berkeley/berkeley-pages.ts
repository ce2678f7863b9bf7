import { SbomError } from '../../../../sbom-error.ts';
import { type BlockReader, viewOf } from '../block-reader.ts';
import { createPageSet } from '../page-set.ts';

/** Page types of Berkeley DB (dbinc/db_page.h) that an rpm database has. */
export const pageType = {
  invalid: 0,
  hashUnsorted: 2,
  btreeInternal: 3,
  btreeLeaf: 5,
  overflow: 7,
  hash: 13,
} as const;

/** Bytes of the head of every page but the first. */
export const pageHeadBytes = 26;

/** One page with what its head says. */
export interface BerkeleyPage {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly type: number;
  /** Page that goes on, 0 where none does. */
  readonly next: number;
  /** Items on the page; on an overflow page, how many pages refer to it. */
  readonly entries: number;
  /** On an overflow page, bytes it holds. */
  readonly dataLength: number;
}

/** The pages of a Berkeley database, each read once. */
export interface BerkeleyPages {
  readonly pageBytes: number;
  /** Pages that the file has. */
  readonly count: number;
  /** Whether the machine that wrote it was little-endian. */
  readonly littleEndian: boolean;
  /** @throws SbomError `MALFORMED` where it is not that page, or was read before */
  page(number: number): Promise<BerkeleyPage>;
  /**
   * The bytes of an item that lies on pages of its own.
   * @throws SbomError `MALFORMED` where the chain breaks
   */
  overflow(first: number, length: number): Promise<Uint8Array>;
}

/** Makes {@link BerkeleyPages}. */
export function createBerkeleyPages(
  reader: BlockReader,
  { pageBytes, lastPage, littleEndian }: { pageBytes: number; lastPage: number; littleEndian: boolean },
): BerkeleyPages {
  const count = Math.min(lastPage + 1, Math.floor(reader.size / pageBytes));
  const visited = createPageSet(count);
  visited.visit(0);

  const page = async (number: number): Promise<BerkeleyPage> => {
    visited.visit(number);
    const bytes = await reader.read(number * pageBytes, pageBytes);
    const view = viewOf(bytes);
    const type = view.getUint8(25);
    if (view.getUint32(8, littleEndian) !== number && type !== pageType.invalid) {
      throw new SbomError('MALFORMED', `Berkeley DB: page ${number} is marked as another`);
    }
    return {
      ...{ bytes, view, type, next: view.getUint32(16, littleEndian) },
      ...{ entries: view.getUint16(20, littleEndian), dataLength: view.getUint16(22, littleEndian) },
    };
  };
  const overflow = async (first: number, length: number): Promise<Uint8Array> => {
    if (length > reader.size) throw new SbomError('MALFORMED', `Berkeley DB: an item of ${length} bytes`);
    const item = new Uint8Array(length);
    for (let filled = 0, number = first; filled < length; ) {
      const { type, next, dataLength, bytes } = await page(number);
      if (type !== pageType.overflow || dataLength === 0 || pageHeadBytes + dataLength > pageBytes) {
        throw new SbomError('MALFORMED', `Berkeley DB: page ${number} does not go on with an item`);
      }
      const part = bytes.subarray(pageHeadBytes, pageHeadBytes + Math.min(dataLength, length - filled));
      item.set(part, filled);
      filled += part.length;
      number = next;
    }
    return item;
  };
  return { pageBytes, count, littleEndian, page, overflow };
}

/** Where an item lies: on its page, or on pages of its own. */
export type BerkeleyItem =
  | { readonly kind: 'here'; readonly start: number; readonly end: number }
  | { readonly kind: 'overflow'; readonly page: number; readonly length: number };

/**
 * The bytes of an item, in a buffer of its own.
 *
 * @throws SbomError `MALFORMED` where it leaves its page
 */
export async function itemBytes(item: BerkeleyItem, page: BerkeleyPage, pages: BerkeleyPages): Promise<Uint8Array> {
  if (item.kind === 'overflow') return pages.overflow(item.page, item.length);
  if (item.end < item.start || item.start < pageHeadBytes || item.end > pages.pageBytes) {
    throw new SbomError('MALFORMED', `Berkeley DB: an item at ${item.start} leaves its page`);
  }
  return page.bytes.slice(item.start, item.end);
}
