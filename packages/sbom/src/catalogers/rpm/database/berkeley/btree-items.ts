import { SbomError } from '../../../../sbom-error.ts';
import { type BerkeleyItem, type BerkeleyPage, type BerkeleyPages, pageHeadBytes, pageType } from './berkeley-pages.ts';
import type { PageItems } from './hash-items.ts';

const onPage = 1;
const offPage = 3;
const deleted = 0x80;

/** The leaves of a b-tree from the first to the last. */
export async function* btreePages(
  pages: BerkeleyPages,
  root: number,
  damaged: (error: unknown) => void,
): AsyncGenerator<PageItems, void> {
  try {
    let page = await pages.page(root);
    while (page.type === pageType.btreeInternal) page = await pages.page(firstChild(page, pages));
    for (;;) {
      if (page.type !== pageType.btreeLeaf) {
        throw new SbomError('MALFORMED', `Berkeley DB: a page of type ${page.type} among the leaves`);
      }
      const { next } = page;
      yield { page, values: leafValues(page, pages) };
      if (next === 0) return;
      page = await pages.page(next);
    }
  } catch (error) {
    damaged(error);
  }
}

function firstChild({ view, entries, bytes }: BerkeleyPage, { littleEndian }: BerkeleyPages): number {
  const offset = view.getUint16(pageHeadBytes, littleEndian);
  if (entries === 0 || offset + 8 > bytes.length)
    throw new SbomError('MALFORMED', 'Berkeley DB: a b-tree page is empty');
  return view.getUint32(offset + 4, littleEndian);
}

/** Values of a leaf; keys and values take turns, and what was deleted may still be there. */
function leafValues({ view, entries, bytes }: BerkeleyPage, { littleEndian }: BerkeleyPages): BerkeleyItem[] {
  const values: BerkeleyItem[] = [];
  const known = Math.min(entries, Math.floor((bytes.length - pageHeadBytes) / 2));
  for (let index = 1; index < known; index += 2) {
    const start = view.getUint16(pageHeadBytes + index * 2, littleEndian);
    if (start + 3 > bytes.length) throw new SbomError('MALFORMED', `Berkeley DB: an item at ${start} of a page`);
    const kind = view.getUint8(start + 2);
    if ((kind & deleted) !== 0) continue;
    if (kind === onPage) {
      values.push({ kind: 'here', start: start + 3, end: start + 3 + view.getUint16(start, littleEndian) });
    } else if (kind === offPage && start + 12 <= bytes.length) {
      const [page, length] = [view.getUint32(start + 4, littleEndian), view.getUint32(start + 8, littleEndian)];
      values.push({ kind: 'overflow', page, length });
    } else throw new SbomError('MALFORMED', `Berkeley DB: an item of kind ${kind} in a b-tree`);
  }
  return values;
}
