import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../layer.test-support.ts';
import { indexLayer } from './index-layer.ts';
import { entryBytes, entryFlags, type LayerIndex, layerIndexVersion } from './layer-index.ts';
import type { IndexedEvent } from './layer-index-builder.ts';
import { decodeLayerIndex, encodeLayerIndex } from './layer-index-codec.ts';
import { pathKey } from './path-key.ts';

async function indexOf(events: readonly IndexedEvent[], limits = {}): Promise<LayerIndex> {
  const layer = indexLayer(stream(events), { limits });
  await collect(layer.events);
  return layer.index();
}

async function* stream(events: Iterable<IndexedEvent>): AsyncGenerator<IndexedEvent> {
  yield* events;
}

const file = (path: string): IndexedEvent => ({ kind: 'file', path });
const directory = (path: string): IndexedEvent => ({ kind: 'directory', path });
const symlink = (path: string, target: string): IndexedEvent => ({ kind: 'symlink', path, target });

/** Flags of every path among `paths` that the index has. */
function flagsIn({ entries }: LayerIndex, paths: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (let at = 0; at < entries.byteLength; at += entryBytes) {
    const entry = Buffer.from(entries.subarray(at, at + entryBytes));
    const flags = entry[15]! & entryFlags.all;
    entry[15]! &= ~entryFlags.all;
    const path = paths.find((each) => pathKey(each).every((word, index) => entry.readUInt32BE(index * 4) === word));
    found[path ?? `unknown ${at}`] = flags;
  }
  return found;
}

describe('indexLayer', () => {
  it('passes every event through unchanged', async () => {
    const events = [file('a'), symlink('b', 'a'), { kind: 'problem', path: '', reason: 'x' } as const];
    expect(await collect(indexLayer(stream(events)).events)).toEqual(events);
  });

  it('has an entry for each path and for each parent without one', async () => {
    const index = await indexOf([file('usr/bin/sh'), directory('etc'), file('etc/passwd'), file('top')]);
    expect(flagsIn(index, ['', 'usr', 'usr/bin', 'usr/bin/sh', 'etc', 'etc/passwd', 'top'])).toEqual({
      '': 3,
      usr: 3,
      'usr/bin': 3,
      'usr/bin/sh': 0,
      etc: 1,
      'etc/passwd': 0,
      top: 0,
    });
  });

  it('lets a directory of its own win over an implied one, before and after', async () => {
    const index = await indexOf([file('a/x'), directory('a'), directory('b'), file('b/x'), directory('')]);
    expect(flagsIn(index, ['', 'a', 'b', 'a/x', 'b/x'])).toEqual({ '': 1, a: 1, b: 1, 'a/x': 0, 'b/x': 0 });
  });

  it('lets the later entry of a path win', async () => {
    const index = await indexOf([
      file('a'),
      directory('a'),
      directory('b'),
      file('b'),
      symlink('c', 'x'),
      symlink('c', 'y'),
    ]);
    expect(flagsIn(index, ['', 'a', 'b', 'c'])).toEqual({ '': 3, a: 1, b: 0, c: 0 });
    expect(index.links).toEqual([{ path: 'c', kind: 'symlink', target: 'y' }]);
  });

  it('drops a link that something else replaced', async () => {
    const index = await indexOf([symlink('a', 'x'), { kind: 'hardlink', path: 'b', target: 'x' }, directory('a')]);
    expect(index.links).toEqual([{ path: 'b', kind: 'hardlink', target: 'x' }]);
  });

  it('writes through a link that the layer has by then, as runtimes do, and tells so in the event', async () => {
    const events = [
      file('old/x'),
      symlink('old', 'new/v1'),
      file('old/y'),
      { kind: 'whiteout', path: 'old/gone' } as const,
      { kind: 'opaque', path: 'old' } as const,
      { kind: 'hardlink', path: 'z', target: 'old/y' } as const,
      symlink('top', '/../.'),
      file('top/at-root'),
      { kind: 'hardlink', path: 'old2', target: 'old' } as const,
      file('old2/from-hard-link'),
      symlink('loop', 'loop'),
      file('loop/x'),
    ];
    const layer = indexLayer(stream(events));
    const landed = await collect(layer.events);
    expect(landed.map(({ path }) => path)).toEqual([
      'old/x',
      'old',
      'new/v1/y',
      'new/v1/gone',
      'new/v1',
      'z',
      'top',
      'at-root',
      'old2',
      'new/v1/from-hard-link',
      'loop',
      'loop/x',
    ]);
    expect(layer.index()).toMatchObject({ whiteouts: ['new/v1/gone'], opaque: ['new/v1'] });
    expect(layer.index().links).toContainEqual({ path: 'z', kind: 'hardlink', target: 'new/v1/y' });
  });

  it('forgets what lay below a directory that became something else', async () => {
    const events = [
      file('a/b/c'),
      symlink('a/l', '/'),
      directory('a/d'),
      file('a'),
      directory('a'),
      file('a/l/x'),
      directory('a/d/e'),
    ];
    const index = await indexOf(events);
    const paths = ['', 'a', 'a/b', 'a/b/c', 'a/l', 'a/d', 'a/l/x', 'a/d/e'];
    expect(flagsIn(index, paths)).toEqual({ '': 3, a: 1, 'a/l': 3, 'a/l/x': 0, 'a/d': 3, 'a/d/e': 1 });
    expect(index.links).toEqual([]);
  });

  it('makes a directory of a file that later entries lie in', async () => {
    expect(flagsIn(await indexOf([file('a'), file('a/b')]), ['', 'a', 'a/b'])).toEqual({ '': 3, a: 3, 'a/b': 0 });
  });

  it('keeps no chain of hard links', async () => {
    const chain = Array.from(
      { length: 300 },
      (_, number) => ({ kind: 'hardlink', path: `l${number + 1}`, target: `l${number}` }) as const,
    );
    const index = await indexOf([file('l0'), ...chain]);
    expect(new Set(index.links.map(({ target }) => target))).toEqual(new Set(['l0']));
  });

  it('stops where entries imply more directories than allowed', async () => {
    const deep = (number: number): IndexedEvent => file(`${number}/${'d/'.repeat(20)}f`);
    await expect(indexOf([deep(0), deep(1)], { entries: 20 })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    await expect(indexOf([deep(0)], { entries: 20 })).resolves.toBeDefined();
  });

  it('keeps markers apart from entries, each once and sorted', async () => {
    const whiteouts = ['z', 'b', 'a/c', 'b'].map((path) => ({ kind: 'whiteout', path }) as const);
    const index = await indexOf([...whiteouts, { kind: 'opaque', path: '' }, { kind: 'opaque', path: '' }]);
    expect(index).toMatchObject({ whiteouts: ['a/c', 'b', 'z'], opaque: [''], links: [] });
    // The directory that a runtime puts the marker in is all the layer writes.
    expect(flagsIn(index, ['', 'a'])).toEqual({ '': 3, a: 3 });
  });

  it('gives no index before the events have passed', async () => {
    const layer = indexLayer(stream([file('a'), file('b')]));
    expect(() => layer.index()).toThrow(expect.objectContaining({ code: 'INDEX_INCOMPLETE' }));
    for await (const _ of layer.events) break;
    expect(() => layer.index()).toThrow(expect.objectContaining({ code: 'INDEX_INCOMPLETE' }));
  });

  it('closes the events when the loop is left', async () => {
    let closed = false;
    async function* events(): AsyncGenerator<IndexedEvent> {
      try {
        yield file('a');
        yield file('b');
      } finally {
        closed = true;
      }
    }
    for await (const _ of indexLayer(events()).events) break;
    expect(closed).toBe(true);
  });

  it('stops where links take more text than allowed', async () => {
    const events = [symlink('a', 'x'.repeat(60)), symlink('b', 'x'.repeat(60))];
    await expect(indexOf(events, { linkTextBytes: 100 })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('needs 16 bytes for a path, so that 3 million stay below 60 MB', async () => {
    const count = 50_000;
    const index = await indexOf(Array.from({ length: count }, (_, number) => file(`d${number % 100}/file-${number}`)));
    expect(index.entries.byteLength).toBe((count + 100 + 1) * 16);
    expect((encodeLayerIndex(index).byteLength / count) * 3_000_000).toBeLessThan(60e6);
  });

  it('has what unpacking the entries one by one leaves behind, for any order and repetition', async () => {
    const path = fc.stringMatching(/^[ab](\/[ab]{1,2}){0,3}$/);
    const entry = fc.oneof(path.map(file), path.map(directory));
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 60 }), async (events) => {
        const tree = new Map<string, number>();
        for (const { kind, path } of events) {
          for (let at = path; at !== ''; ) {
            at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
            if (!tree.get(at)) tree.set(at, entryFlags.directory | entryFlags.implied);
          }
          if (kind === 'file') for (const each of tree.keys()) if (each.startsWith(`${path}/`)) tree.delete(each);
          tree.set(path, kind === 'file' ? 0 : entryFlags.directory);
        }
        expect(flagsIn(await indexOf(events), [...tree.keys()])).toEqual(Object.fromEntries(tree));
      }),
      { numRuns: 500 },
    );
  });
});

describe('encodeLayerIndex', () => {
  const events = [
    file('a/é'),
    symlink('l', '../x'),
    { kind: 'hardlink', path: 'h', target: 'a/é' } as const,
    { kind: 'whiteout', path: 'gone' } as const,
    { kind: 'opaque', path: 'a' } as const,
  ];

  it('comes back the same from decodeLayerIndex, wherever the bytes lie', async () => {
    const index = await indexOf(events);
    const bytes = encodeLayerIndex(index);
    const shifted = new Uint8Array(bytes.byteLength + 3);
    shifted.set(bytes, 3);
    for (const form of [bytes, shifted.subarray(3)]) {
      const { entries, ...text } = decodeLayerIndex(form);
      const { entries: expected, ...rest } = index;
      expect(text).toEqual(rest);
      expect(Buffer.from(entries).equals(expected)).toBe(true);
    }
  });

  it('is the same for the same layer in another order', async () => {
    const other = await indexOf(events.toReversed());
    expect(Buffer.from(encodeLayerIndex(other)).equals(encodeLayerIndex(await indexOf(events)))).toBe(true);
  });

  it('refuses bytes that are cut, changed or of another version', async () => {
    const bytes = encodeLayerIndex(await indexOf(events));
    const invalid = expect.objectContaining({ code: 'INDEX_INVALID' });
    for (let length = 0; length < bytes.byteLength; length++) {
      expect(() => decodeLayerIndex(bytes.subarray(0, length))).toThrow(invalid);
    }
    const otherVersion = Uint8Array.from(bytes);
    otherVersion[7] = 1;
    expect(() => decodeLayerIndex(otherVersion)).toThrow(/version 1/);
    const unsorted = Uint8Array.from(bytes);
    unsorted.fill(0xff, 16, 32);
    expect(() => decodeLayerIndex(unsorted)).toThrow(/not sorted/);
    expect(() => decodeLayerIndex(Buffer.alloc(100))).toThrow(/no layer index/);
  });

  it.each([
    ['null', /incomplete/],
    ['{"links":{},"whiteouts":[],"opaque":[]}', /incomplete/],
    ['{"links":[],"whiteouts":["b","a"],"opaque":[]}', /incomplete/],
    ['{"links":[],"whiteouts":[1],"opaque":[]}', /incomplete/],
    ['{"links":[5],"whiteouts":[],"opaque":[]}', /no list/],
    ['{"links":[["a"]],"whiteouts":[],"opaque":[]}', /a link is incomplete/],
    ['{"links":[["b","x"],["a","x"]],"whiteouts":[],"opaque":[]}', /links are not sorted/],
  ])('refuses the text %s', (json, message) => {
    const text = Buffer.from(json);
    const header = Buffer.from(
      encodeLayerIndex({
        version: layerIndexVersion,
        entries: new Uint8Array(0),
        links: [],
        whiteouts: [],
        opaque: [],
      }),
    ).subarray(0, 16);
    header.writeUInt32BE(text.byteLength, 12);
    expect(() => decodeLayerIndex(Buffer.concat([header, text]))).toThrow(message);
  });
});
