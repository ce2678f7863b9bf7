import { layerIndexVersion } from '@falcon-iar/layer-extract';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Connection, connect } from './connection.ts';
import { createLayerCache, type LayerCache, type LayerCacheOptions } from './layer-cache.ts';
import { migrate } from './schema.ts';
import { digestOf, layerRecord } from './store.test-support.ts';
import type { StoreProblem } from './store-problem.ts';

let connection: Connection;
let problems: StoreProblem[];
const open = (options: Partial<LayerCacheOptions> = {}): LayerCache =>
  createLayerCache(connection, {
    recipe: 'a',
    maxBytes: 1e9,
    diskFree: () => Number.POSITIVE_INFINITY,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
beforeEach(() => {
  connection = connect(':memory:');
  migrate(connection);
  problems = [];
});
const [a, b, c] = [digestOf('a'), digestOf('b'), digestOf('c')];
/** About 20 KB on disk each. */
const large = (name: string) => layerRecord(name, 800);
/** SQL for a blob with another byte in its middle. */
const changed = (blob: string) =>
  `CAST(substr(${blob}, 1, 40) || iif(substr(${blob}, 41, 1) = x'00', x'01', x'00') || substr(${blob}, 42) AS BLOB)`;
const kept = (cache: LayerCache) => [a, b, c].map((digest) => cache.has(digest));

describe('createLayerCache', () => {
  it('gives back what was put, to a later opening too', () => {
    const cache = open();
    cache.put(a, layerRecord('one', 500));
    cache.putConfig(b, { config: { Env: ['A=ü'] } });
    for (const opened of [cache, open()]) {
      expect(opened.get(a)).toEqual(layerRecord('one', 500));
      expect(opened.getConfig(b)).toEqual({ config: { Env: ['A=ü'] } });
      expect(opened.entries).toBe(1);
    }
    expect(problems).toEqual([]);
  });

  it('knows nothing of what was never put', () => {
    const cache = open();
    expect([cache.has(a), cache.get(a), cache.getConfig(a), cache.bytes, cache.entries]).toEqual([
      ...[false, undefined, undefined, 0, 0],
    ]);
  });

  it('keeps a layer and a config apart that have one digest', () => {
    const cache = open();
    cache.putConfig(a, { config: true });
    expect(cache.has(a)).toBe(false);
    expect(cache.get(a)).toBeUndefined();
    cache.put(a, layerRecord('one'));
    expect(cache.getConfig(a)).toEqual({ config: true });
  });

  it('replaces a record and counts it once', () => {
    const cache = open();
    cache.put(a, large('one'));
    const { bytes } = cache;
    cache.put(a, large('two'));
    expect(cache.get(a)).toEqual(large('two'));
    expect([cache.bytes, cache.entries]).toEqual([bytes, 1]);
  });

  it('does not show what another recipe has found, but keeps configs', () => {
    open().put(a, layerRecord('one'));
    open().putConfig(b, { config: 1 });
    const other = open({ recipe: 'b' });
    expect(other.get(a)).toBeUndefined();
    expect(other.getConfig(b)).toEqual({ config: 1 });
    expect(open().get(a)).toEqual(layerRecord('one'));
  });

  it('lets go of what was not used for longest', () => {
    const cache = open({ maxBytes: 70_000 });
    cache.put(a, large('a'));
    cache.put(b, large('b'));
    expect(kept(cache)).toEqual([true, true, false]);
    cache.get(a);
    cache.put(c, large('c'));
    expect(kept(cache)).toEqual([true, false, true]);
    expect(cache.bytes).toBeLessThanOrEqual(70_000);
  });

  it('lets go of what belongs to another recipe first, however fresh', () => {
    open().put(a, large('a'));
    open({ recipe: 'old' }).put(b, large('b'));
    const cache = open({ maxBytes: 70_000 });
    cache.put(c, large('c'));
    expect(kept(cache)).toEqual([true, false, true]);
    expect(open({ recipe: 'old' }).has(b)).toBe(false);
  });

  it('fits into a smaller space when it is opened with one', () => {
    const cache = open();
    for (const [index, digest] of [a, b, c].entries()) cache.put(digest, large(`${index}`));
    const smaller = open({ maxBytes: 70_000 });
    expect(kept(smaller)).toEqual([false, true, true]);
    expect(smaller.entries).toBe(2);
  });

  it('does not empty itself for a record that does not fit at all, and says so', () => {
    const cache = open({ maxBytes: 70_000 });
    cache.put(a, large('a'));
    cache.put(b, layerRecord('b', 10_000));
    expect(kept(cache)).toEqual([true, false, false]);
    expect(problems).toMatchObject([{ kind: 'not-cached', subject: b, error: { code: 'TOO_LARGE' } }]);
  });

  it('keeps nothing, quietly, where it has no space', () => {
    const cache = open({ maxBytes: 0 });
    cache.put(a, layerRecord('one'));
    cache.putConfig(b, {});
    expect([cache.has(a), cache.getConfig(b), cache.bytes]).toEqual([false, undefined, 0]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['a damaged index', "UPDATE cache_content SET layer_index = x'28b52ffd00'"],
    ['no index', 'UPDATE cache_content SET layer_index = NULL'],
    ['a cut document', 'UPDATE cache_content SET document = substr(document, 1, length(document) / 2)'],
    ['a changed byte', `UPDATE cache_content SET document = ${changed('document')}`],
    ['a changed byte in its index', `UPDATE cache_content SET layer_index = ${changed('layer_index')}`],
  ])('counts a record with %s as absent, removes it and says so', (_, damage) => {
    const cache = open();
    cache.put(a, layerRecord('one'));
    connection.exec(damage);
    expect(cache.get(a)).toBeUndefined();
    expect(problems).toMatchObject([{ kind: 'unreadable-cache', subject: a }]);
    expect([cache.has(a), cache.bytes, cache.entries]).toEqual([false, 0, 0]);
    cache.put(a, layerRecord('one'));
    expect(cache.get(a)).toEqual(layerRecord('one'));
  });

  it('counts a record of another version as absent', () => {
    const cache = open();
    const record = layerRecord('one');
    cache.put(a, { ...record, facts: { ...record.facts, version: 0 as 1 } });
    cache.put(b, { ...record, index: { ...record.index, version: 0 as typeof layerIndexVersion } });
    expect([cache.get(a), cache.get(b)]).toEqual([undefined, undefined]);
    expect(problems.map(({ error }) => error.message)).toEqual([
      'layer facts of version 0, not 1',
      `[INDEX_INVALID] layer index: version 0, not ${layerIndexVersion}`,
    ]);
  });

  it('takes no more room than it has on a disk that is nearly full', () => {
    let diskFree = 1e9;
    const cache = open({ diskFree: () => diskFree });
    cache.put(a, large('a'));
    cache.put(b, large('b'));
    const { bytes } = cache;
    diskFree = 10e6;
    cache.put(c, large('c'));
    expect(kept(cache)).toEqual([false, true, true]);
    expect(cache.bytes).toBeLessThanOrEqual(bytes);
    cache.put(a, layerRecord('a', 10_000));
    expect(problems).toMatchObject([{ kind: 'not-cached', subject: a, error: { code: 'DISK_FULL' } }]);
    expect(kept(cache)).toEqual([false, true, true]);
    diskFree = 1e9;
    cache.put(a, large('a'));
    expect(kept(cache)).toEqual([true, true, true]);
  });

  it('lives with a full disk: nothing new is kept, what is there stays', () => {
    const cache = open();
    cache.put(a, large('a'));
    const { bytes } = cache;
    const pages = connection.get<{ page_count: number }>('PRAGMA page_count')!.page_count;
    connection.exec(`PRAGMA max_page_count = ${pages}`);
    cache.put(b, large('b'));
    expect(problems).toMatchObject([{ kind: 'not-cached', subject: b, error: { code: 'DISK_FULL', retryable: true } }]);
    expect(kept(cache)).toEqual([true, false, false]);
    expect([cache.bytes, cache.entries]).toEqual([bytes, 1]);
    expect(cache.get(a)).toEqual(large('a'));
  });

  it('does not hide its use after the end', () => {
    const cache = open();
    connection.close();
    expect(() => cache.get(a)).toThrow('[CLOSED]');
  });
});
