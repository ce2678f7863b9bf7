import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenStoreOptions, openStore, type Store } from './open-store.ts';
import { startWriter } from './start-writer.test-support.ts';
import { digestOf, layerRecord, reportOf } from './store.test-support.ts';

let directory: string;
let file: string;
let opened: Store[];
let time: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'iar-store-'));
  file = join(directory, 'state', 'iar.db');
  opened = [];
  time = Date.parse('2025-06-01T10:00:00Z');
});
afterEach(() => {
  for (const store of opened) store.close();
  rmSync(directory, { recursive: true });
});

function open(options: Partial<OpenStoreOptions> = {}): Store {
  const store = openStore({ file, recipe: 'a', layerCacheBytes: 1e9, now: () => time, ...options });
  opened.push(store);
  return store;
}
/** Puts one of everything into a store and closes it. */
function fill(store: Store): void {
  store.useCluster('one');
  store.layers.put(digestOf('small layer'), layerRecord('small layer', 200));
  store.ledger.setIdentity('running', app.identity);
  store.ledger.setFailure('broken', { code: 'A', reason: 'b', attempts: 1, nextAttempt: time });
  store.ledger.addReport(app, ['file']);
  store.close();
}
const app = reportOf('app');
const mode = (path: string) => statSync(path).mode & 0o777;
const day = 24 * 3600_000;

describe('openStore', () => {
  it('has everything again when it is opened the next time', () => {
    fill(open());
    const store = open();
    expect(store.layers.get(digestOf('small layer'))).toEqual(layerRecord('small layer', 200));
    expect(store.ledger.identityOf('running')).toBe(app.identity);
    expect(store.ledger.failure('broken')).toMatchObject({ code: 'A' });
    expect(store.ledger.isReported(app.identity, ['file'])).toBe(true);
    expect(store.outbox.next('file')?.report().inventory).toEqual(app.inventory);
    expect(store.notices).toEqual([]);
  });

  it('makes a directory and a file that nobody else may read, and leaves one file behind', () => {
    const store = open();
    expect([mode(join(directory, 'state')), mode(file), mode(`${file}-wal`)]).toEqual([0o700, 0o600, 0o600]);
    store.close();
    expect(readdirSync(join(directory, 'state'))).toEqual(['iar.db']);
  });

  it('works in memory where it has no file', () => {
    using store = openStore({ recipe: 'a', layerCacheBytes: 1e9, now: () => time });
    store.ledger.addReport(app, ['file']);
    expect(store.outbox.pending('file')).toBe(1);
    expect(existsSync(file)).toBe(false);
  });

  it('can be closed twice, and not be used after it', () => {
    const store = open();
    store.close();
    store.close();
    expect(() => store.ledger.identityOf('x')).toThrow('[CLOSED]');
  });

  it('gives room back when the cache became small', () => {
    const store = open();
    for (let index = 0; index < 10; index++) store.layers.put(digestOf(`${index}`), layerRecord(`${index}`, 2000));
    store.close();
    const before = statSync(file).size;
    open({ layerCacheBytes: 0 }).close();
    expect(statSync(file).size).toBeLessThan(before / 4);
  });
});

describe('openStore refuses', () => {
  it('a file that this process has open already', () => {
    open();
    expect(() => open()).toThrow(expect.objectContaining({ name: 'StoreError', code: 'LOCKED', exitCode: 2 }));
  });

  it('a file that another process has open, until that ends, however it ends', async () => {
    const writer = await startWriter(file);
    expect(() => open()).toThrow(
      expect.objectContaining({
        message: `[LOCKED] state file ${file}: database is locked`,
        hint: expect.stringContaining('IAR_STATE_DIR'),
        retryable: true,
      }),
    );
    await writer.kill();
    expect(open().notices).toEqual([]);
  });

  it('a file of a newer iar, and leaves it as it is', () => {
    fill(open());
    alter('PRAGMA user_version = 99');
    const before = readFileSync(file);
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'VERSION_NEWER', message: expect.stringMatching(/99.* 1$/) }),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it.each([
    ['a directory in its place', () => mkdirSync(file, { recursive: true })],
    ['a file where its directory should be', () => writeFileSync(join(directory, 'state'), '')],
  ])('%s', (_, prepare) => {
    prepare();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'UNUSABLE', exitCode: 2 }));
  });

  it.skipIf(process.getuid?.() === 0)('a directory that it may not write to', () => {
    chmodSync(directory, 0o500);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'UNUSABLE' }));
    chmodSync(directory, 0o700);
  });
});

describe('openStore moves aside', () => {
  const aside = () => readdirSync(join(directory, 'state')).filter((name) => name.includes('.corrupt-'));
  const expectFreshStart = () => {
    const store = open();
    expect(store.notices).toHaveLength(1);
    expect(store.notices[0]).toContain(`${file}.corrupt-2025-06-01T10-00-00.000Z`);
    expect(aside()).toContain('iar.db.corrupt-2025-06-01T10-00-00.000Z');
    expect(store.ledger.isReported(app.identity, [])).toBe(false);
    fill(store);
    expect(open().notices).toEqual([]);
  };

  it.each([
    ['is no database', () => writeFileSync(file, 'x'.repeat(10_000))],
    ['is the database of another program', () => alter('PRAGMA application_id = 7')],
    ['lacks tables', () => alter('DROP TABLE failure')],
    ['is cut', () => writeFileSync(file, readFileSync(file).subarray(0, 8192))],
    ['has damaged small tables', () => scribble(4096, 40_000)],
    ['has a damaged schema', () => scribble(200, 4000)],
  ])('a file that %s', (_, damage) => {
    fill(open());
    damage();
    expectFreshStart();
  });

  it('a file that was never closed, with its log', () => {
    fill(open());
    const store = open();
    store.ledger.clearFailure('broken');
    const log = readFileSync(`${file}-wal`);
    store.close();
    writeFileSync(`${file}-wal`, log);
    writeFileSync(file, 'x'.repeat(10_000));
    expectFreshStart();
  });

  it('and keeps only the last that it moved', () => {
    for (let round = 0; round < 3; round++) {
      fill(open());
      writeFileSync(file, `${round}`.repeat(10_000));
      time += 1000;
      open().close();
    }
    expect(aside()).toHaveLength(1);
    expect(readFileSync(join(directory, 'state', aside()[0]!), 'utf8')).toMatch(/^2+$/);
  });

  it('a file whose layers turned out to be damaged, when it is opened the next time', () => {
    const store = open();
    store.layers.put(digestOf('layer'), layerRecord('layer', 10_000));
    fill(store);
    damageLayer();
    const damaged = open();
    expect(damaged.notices).toEqual([]);
    expect(damaged.layers.get(digestOf('layer'))).toBeUndefined();
    expect(damaged.ledger.isReported(app.identity, ['file'])).toBe(true);
    damaged.close();
    expectFreshStart();
  });

  it('a file with damaged layers after an abrupt end', () => {
    const store = open();
    store.layers.put(digestOf('layer'), layerRecord('layer', 10_000));
    fill(store);
    const next = open();
    next.ledger.clearFailure('broken');
    const log = readFileSync(`${file}-wal`);
    next.close();
    damageLayer();
    writeFileSync(`${file}-wal`, log);
    expectFreshStart();
  });

  /** One page in the chain of pages that hold a layer's content points nowhere. */
  function damageLayer(): void {
    const { page } = query<{ page: number }>(
      "SELECT max(pageno) - 5 AS page FROM dbstat WHERE name = 'cache_content' AND pagetype = 'overflow'",
    );
    scribble((page - 1) * 4096, (page - 1) * 4096 + 4);
  }

  function scribble(from: number, to: number): void {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xa5, from, to));
  }
});

describe('useCluster', () => {
  it('forgets all but layers when the cluster is another one', () => {
    fill(open());
    const store = open();
    store.useCluster('one');
    expect(store.outbox.pending('file')).toBe(1);
    store.useCluster('two');
    expect(store.outbox.pending('file')).toBe(0);
    expect(store.ledger.isReported(app.identity, [])).toBe(false);
    expect(store.ledger.identityOf('running')).toBeUndefined();
    expect(store.ledger.failure('broken')).toBeUndefined();
    expect(store.ledger.contexts(app.identity).contexts).toEqual([]);
    expect(store.layers.has(digestOf('small layer'))).toBe(true);
  });

  it('does not take an answer for a report of the cluster before', () => {
    const store = open();
    store.useCluster('one');
    store.ledger.addReport(app, ['file']);
    const underWay = store.outbox.next('file')!;
    store.useCluster('two');
    store.ledger.addReport(app, ['file']);
    store.outbox.delivered(underWay);
    expect(store.outbox.pending('file')).toBe(1);
  });
});

describe('sweep', () => {
  it('lets go of deliveries to sinks configured no longer after 30 days', () => {
    const store = open();
    store.ledger.addReport(app, ['file', 'gone']);
    store.outbox.delivered(store.outbox.next('file')!);
    time += 30 * day;
    expect(store.sweep(['file'])).toEqual({ abandonedDeliveries: 0, forgottenImages: 0 });
    time += 1;
    expect(store.sweep(['file', 'gone']).abandonedDeliveries).toBe(0);
    expect(store.sweep(['file'])).toEqual({ abandonedDeliveries: 1, forgottenImages: 0 });
    expect(store.outbox.pending('gone')).toBe(0);
    expect(store.ledger.isReported(app.identity, ['file'])).toBe(true);
    store.close();
    using database = new DatabaseSync(file);
    expect(database.prepare('SELECT * FROM report_inventory').all()).toEqual([]);
  });

  it('forgets images that nobody has seen for 90 days, unless something waits for them', () => {
    const store = open();
    const [seen, waiting, context] = ['seen', 'waiting', 'context'].map((name) => reportOf(name));
    for (const report of [app, seen!, context!]) {
      store.ledger.setIdentity(report.identity, report.identity);
      store.ledger.addReport(report, []);
    }
    store.ledger.addReport(waiting!, ['file']);
    time += 60 * day;
    store.ledger.identityOf(seen!.identity);
    store.ledger.addContext(context!.identity, { podName: 'new' }, []);
    time += 31 * day;
    expect(store.sweep(['file']).forgottenImages).toBe(1);
    const reported = [app, seen!, waiting!, context!].map(({ identity }) => store.ledger.isReported(identity, []));
    expect(reported).toEqual([false, true, true, true]);
    expect(store.ledger.identityOf(app.identity)).toBeUndefined();
  });

  it('forgets failures long over', () => {
    const store = open();
    const failure = { code: 'A', reason: 'b', attempts: 1, nextAttempt: time };
    store.ledger.setFailure('old', failure);
    store.ledger.setFailure('new', { ...failure, nextAttempt: time + day });
    time += 90 * day + 1;
    store.sweep([]);
    expect([store.ledger.failure('old'), store.ledger.failure('new')?.code]).toEqual([undefined, 'A']);
  });
});

function query<Row>(sql: string): Row {
  using database = new DatabaseSync(file);
  return database.prepare(sql).get() as Row;
}

/** Changes the file behind the store's back. */
function alter(sql: string): void {
  using database = new DatabaseSync(file);
  database.exec(sql);
}
