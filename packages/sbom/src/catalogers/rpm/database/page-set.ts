import { SbomError } from '../../../sbom-error.ts';

/** Pages that were read: each page of a sound database is part of one thing, so a second visit means a circle. */
export interface PageSet {
  /** @throws SbomError `MALFORMED` when the page was visited before, or the database has none of that number */
  visit(page: number): void;
}

/** Makes a {@link PageSet}, a bit for each page. @param count - Pages are numbered from 0 to `count` - 1. */
export function createPageSet(count: number): PageSet {
  const bits = new Uint8Array(Math.ceil(count / 8));
  return {
    visit(page) {
      if (page >= count) throw new SbomError('MALFORMED', `rpm database: page ${page} of ${count}`);
      const index = page >>> 3;
      const bit = 1 << (page & 7);
      if (((bits[index] ?? 0) & bit) !== 0)
        throw new SbomError('MALFORMED', `rpm database: page ${page} is used twice`);
      bits[index] = (bits[index] ?? 0) | bit;
    },
  };
}
