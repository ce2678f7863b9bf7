import { SbomError } from '../../../../sbom-error.ts';
import { type BerkeleyItem, type BerkeleyPage, type BerkeleyPages, pageHeadBytes, pageType } from './berkeley-pages.ts';

/** A page and the values on it. */
export interface PageItems {
  readonly page: BerkeleyPage;
  readonly values: readonly BerkeleyItem[];
}

/** Where the buckets of a hash database lie. */
export interface HashTable {
  readonly maxBucket: number;
  /** What is added to a bucket's number to get its first page, by the number of bits in the bucket's number. */
  readonly spares: readonly number[];
}

const onPage = 1;
const offPage = 3;

/** The pages of one bucket after the other. */
export async function* hashPages(
  pages: BerkeleyPages,
  table: HashTable,
  damaged: (error: unknown) => void,
): AsyncGenerator<PageItems, void> {
  // Each bucket has a page of its own, whatever the first page claims.
  const last = Math.min(table.maxBucket, pages.count);
  for (let bucket = 0; bucket <= last; bucket += 1) {
    try {
      let number = bucket + (table.spares[bitLength(bucket)] ?? 0);
      while (number !== 0) {
        const page = await pages.page(number);
        // A bucket that nobody wrote to yet may be a hole in the file.
        if (page.type === pageType.invalid) break;
        if (page.type !== pageType.hash && page.type !== pageType.hashUnsorted) {
          throw new SbomError('MALFORMED', `Berkeley DB: page ${number} of type ${page.type} in bucket ${bucket}`);
        }
        const { next } = page;
        yield { page, values: hashValues(page, pages) };
        number = next;
      }
    } catch (error) {
      damaged(error);
    }
  }
}

/** Values of a hash page: items fill it from its end, a key and its value in turn. */
function hashValues({ view, entries, bytes }: BerkeleyPage, { littleEndian }: BerkeleyPages): BerkeleyItem[] {
  const values: BerkeleyItem[] = [];
  const known = Math.min(entries, Math.floor((bytes.length - pageHeadBytes) / 2));
  const offset = (index: number) => view.getUint16(pageHeadBytes + index * 2, littleEndian);
  for (let index = 1; index < known; index += 2) {
    const start = offset(index);
    const end = offset(index - 1);
    if (start >= bytes.length) throw new SbomError('MALFORMED', `Berkeley DB: an item at ${start} of a page`);
    const kind = view.getUint8(start);
    if (kind === onPage) values.push({ kind: 'here', start: start + 1, end });
    else if (kind === offPage && start + 12 <= bytes.length) {
      const [page, length] = [view.getUint32(start + 4, littleEndian), view.getUint32(start + 8, littleEndian)];
      values.push({ kind: 'overflow', page, length });
    } else throw new SbomError('MALFORMED', `Berkeley DB: an item of kind ${kind} in a hash`);
  }
  return values;
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
