import { describe, expect, it } from 'vitest';
import { minimalInventoryScanRequest } from './minimal-request.ts';
import { RecentUploads } from './recent-uploads.ts';

describe('the uploads kept in memory', () => {
  const upload = (name: string) => minimalInventoryScanRequest(name);
  const digests = ({ kept }: RecentUploads) => kept.map(({ inventory }) => inventory.ImageInfo.Digest);

  it('are the newest, and never more than 256 MiB but for a single one', () => {
    const recent = new RecentUploads(3);
    for (const [name, mebibytes] of [
      ['a', 1],
      ['b', 100],
      ['c', 100],
      ['d', 100],
    ] as const) {
      recent.push(upload(name), mebibytes * 1024 ** 2);
    }
    expect(digests(recent)).toEqual(['c', 'd']);
    recent.push(upload('e'), 2 ** 30);
    expect(digests(recent)).toEqual(['e']);
    recent.push(upload('f'), 1);
    expect(digests(recent)).toEqual(['f']);
  });
});
