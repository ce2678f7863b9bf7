import { describe, expect, it } from 'vitest';
import { catalogerId } from '../analyze/cataloger-ids.ts';
import { allCatalogers } from './all-catalogers.ts';
import { isolatedCatalogers } from './isolated-catalogers.ts';

describe('isolatedCatalogers', () => {
  it('are all those that ask to be run apart, in their versions', () => {
    const asking = allCatalogers.filter(({ isolate }) => isolate !== undefined).map(catalogerId);
    expect(isolatedCatalogers.map(catalogerId).sort()).toEqual(asking.sort());
  });

  it('load what their names say', async () => {
    const loaded = await Promise.all(isolatedCatalogers.map((entry) => entry.load()));
    expect(loaded.map(catalogerId)).toEqual(isolatedCatalogers.map(catalogerId));
  });
});
