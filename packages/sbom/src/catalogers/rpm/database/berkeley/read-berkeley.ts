import { viewOf } from '../block-reader.ts';
import type { HeaderSource, HeaderSourceContext } from '../header-source.ts';
import { reportDamage } from '../keep-going.ts';
import { type BerkeleyPages, createBerkeleyPages, itemBytes } from './berkeley-pages.ts';
import { btreePages } from './btree-items.ts';
import { hashPages, type PageItems } from './hash-items.ts';

/** At byte 12 of the first page, in the byte order of the machine that wrote it. */
export const berkeleyHashMagic = 0x00061561;
/** As {@link berkeleyHashMagic}, of a b-tree. */
export const berkeleyBtreeMagic = 0x00053162;

/** Bytes of the first page that say how the others are laid out. */
const metaBytes = 512;
/** Versions of the two formats since Berkeley DB 3.1. */
const hashVersions = { first: 8, last: 10 };
const btreeVersions = { first: 9, last: 10 };
const checksummed = 0x01;
/** rpm keeps its next free number under key 0; no header is as short as that number. */
const counterBytes = 4;

/**
 * Headers of a Berkeley DB `Packages`, the database of rpm before 4.16, as hash or b-tree and of either byte order:
 * keys are numbers, values are headers, most of them on overflow pages (dbinc/db_page.h of Berkeley DB 5.3).
 */
export async function* readBerkeley(context: HeaderSourceContext): HeaderSource {
  const { reader, report } = context;
  const meta = viewOf(await reader.read(0, metaBytes));
  const littleEndian = [berkeleyHashMagic, berkeleyBtreeMagic].includes(meta.getUint32(12, true));
  const number = (offset: number) => meta.getUint32(offset, littleEndian);
  const isHash = number(12) === berkeleyHashMagic;
  const obstacle = unreadable(number, meta, isHash);
  if (obstacle !== undefined) {
    report(obstacle);
    return;
  }
  const pages = createBerkeleyPages(reader, { pageBytes: number(20), lastPage: number(32), littleEndian });
  const damaged = (error: unknown) => reportDamage(error, report);
  const spares = Array.from({ length: 32 }, (_, index) => number(96 + index * 4));
  const found = isHash
    ? hashPages(pages, { maxBucket: number(72), spares }, damaged)
    : btreePages(pages, number(88), damaged);
  for await (const items of found) yield* headersOn(items, pages, context);
}

async function* headersOn(
  { page, values }: PageItems,
  pages: BerkeleyPages,
  { maxHeaderBytes, report, spend }: HeaderSourceContext,
): HeaderSource {
  for (const value of values) {
    try {
      const length = value.kind === 'here' ? value.end - value.start : value.length;
      if (length === counterBytes) continue;
      if (length > maxHeaderBytes) {
        report({ code: 'too-large', reason: `a header has ${length} bytes, the limit is ${maxHeaderBytes}` });
        continue;
      }
      spend(length);
      yield await itemBytes(value, page, pages);
    } catch (error) {
      reportDamage(error, report);
    }
  }
}

function unreadable(number: (offset: number) => number, meta: DataView, isHash: boolean): Problem | undefined {
  const version = number(16);
  const { first, last } = isHash ? hashVersions : btreeVersions;
  if (version < first || version > last) return { code: 'unsupported', reason: `Berkeley DB version ${version}` };
  if (meta.getUint8(24) !== 0) return { code: 'unsupported', reason: 'Berkeley DB: its pages are encrypted' };
  if ((meta.getUint8(26) & checksummed) !== 0) {
    return { code: 'unsupported', reason: 'Berkeley DB: its pages have checksums' };
  }
  const pageBytes = number(20);
  const isPageSize = pageBytes >= 512 && pageBytes <= 65_536 && (pageBytes & (pageBytes - 1)) === 0;
  return isPageSize ? undefined : { code: 'malformed', reason: `Berkeley DB: pages of ${pageBytes} bytes` };
}

type Problem = Parameters<HeaderSourceContext['report']>[0];
