import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walkLayer } from '../event/walk-layer.ts';
import { buildLayer } from '../testing/build-layer.ts';
import * as entry from '../testing/layer-entry.ts';
import { openSeekableLayer } from './open-seekable-layer.ts';
import { loggedBlob, plainEvents } from './seekable.test-support.ts';

const names = fc.constantFrom(
  'a',
  'b',
  'lib',
  'x.so',
  'ä',
  '.wh.gone',
  '.wh..wh..opq',
  '.wh..wh.aufs',
  '..',
  'n'.repeat(120),
);
const path = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const attributes = fc.record({
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.integer({ min: 0, max: 4_000_000 }),
  gid: fc.integer({ min: 0, max: 4_000_000 }),
  mtime: fc.integer({ min: -100_000, max: 4_000_000_000 }),
});
const content = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc.integer({ min: 0, max: 9000 }).map((length) => new Uint8Array(length)),
);
const anyEntry = fc.oneof(
  fc.tuple(path, content, attributes).map(([to, bytes, rest]) => entry.file(to, bytes, rest)),
  fc.tuple(path, attributes).map(([to, rest]) => entry.directory(to, rest)),
  fc.tuple(path, path, attributes).map(([to, target, rest]) => entry.symlink(to, target, rest)),
  fc.tuple(path, path, attributes).map(([to, target, rest]) => entry.hardlink(to, target, rest)),
  fc.tuple(path, attributes).map(([to, rest]) => entry.device(to, { kind: 'block', major: 8, minor: 1 }, rest)),
  fc.tuple(path, attributes).map(([to, rest]) => entry.fifo(to, rest)),
);
/** Writers of seekable layers keep one entry of each path. */
const layers = fc.uniqueArray(anyEntry, { maxLength: 12, selector: ({ path: to }) => normal(to) });

function normal(to: string): string {
  const parts: string[] = [];
  for (const name of to.split('/').filter((part) => part !== '')) {
    if (name !== '..') parts.push(name);
    else if (parts.pop() === undefined) return to;
  }
  return parts.join('/');
}

describe('walk by a table of contents', () => {
  for (const format of ['estargz', 'stargz', 'zstd:chunked'] as const) {
    it(`gives what walkLayer gives, for ${format}`, async () => {
      await fc.assert(
        fc.asyncProperty(layers, fc.integer({ min: 100, max: 4000 }), async (entries, chunkSize) => {
          const layer = buildLayer(entries, { format, chunkSize });
          const seekable = await openSeekableLayer(loggedBlob(layer, 777));
          const byTable = await plainEvents(seekable!.walk({ verify: 'full' }));
          expect(byTable).toEqual(await plainEvents(walkLayer(layer)));
          expect(await plainEvents(seekable!.walk({ verify: 'sample' }))).toEqual(byTable);
        }),
        { numRuns: 60 },
      );
    }, 60_000);
  }
});
