import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import { fullInventoryScanRequest } from './full-request.ts';
import { InventoryStore } from './inventory-store.ts';
import { minimalInventoryScanRequest } from './minimal-request.ts';

let directory: string;

beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), 'falcon-store-'));
  directory = join(parent, 'made', 'here');
  return () => rm(parent, { recursive: true });
});

function open(maxBytes = 1e9, where: string | undefined = directory): InventoryStore {
  const store = new InventoryStore(where, maxBytes);
  onTestFinished(() => store.close());
  return store;
}

function upload(digest: string, agent: string, more: Partial<InventoryScanRequest> = {}): InventoryScanRequest {
  return { ...minimalInventoryScanRequest(digest), agent_uuid: agent, ...more };
}

describe('the store of the double', () => {
  it('holds one inventory for each image and agent, with the newest body, and counts repeats', () => {
    const store = open();
    expect(store.add(upload('sha256:a', 'x'), 'upload', 1000)).toEqual({ outcome: 'new', repeats: 0 });
    store.add(upload('sha256:b', 'x'), 'upload', 1500);
    store.add(upload('sha256:a', 'y'), 'upload', 2000);
    expect(store.add(upload('sha256:a', 'x', { host_name: 'n2' }), 'api', 3000)).toMatchObject({ outcome: 'repeat' });
    expect(store.add(upload('sha256:a', 'x', { host_name: 'n3' }), 'api', 4000)).toMatchObject({ repeats: 2 });
    const all = [...store.list()];
    expect(all.map(({ digest, agent, host, repeats }) => [digest, agent, host, repeats])).toEqual([
      ['sha256:a', 'x', 'api', 2],
      ['sha256:b', 'x', 'upload', 0],
      ['sha256:a', 'y', 'upload', 0],
    ]);
    expect(all[0]).toMatchObject({ firstSeen: 1000, lastSeen: 4000 });
    expect(all[0]!.request().host_name).toBe('n3');
    expect(store.size).toBe(3);
  });

  it('finds by id and by image', () => {
    const store = open();
    for (const agent of ['x', 'y']) {
      store.add(upload('sha256:a', agent), 'upload', 1);
    }
    store.add(upload('sha256:b', 'x'), 'upload', 1);
    const [first] = store.ofImage('sha256:a');
    expect(store.ofImage('sha256:a').map(({ agent }) => agent)).toEqual(['x', 'y']);
    expect(store.get(first!.id)).toMatchObject({ digest: 'sha256:a', agent: 'x' });
    expect([store.get('nobody'), store.ofImage('sha256:c')]).toEqual([undefined, []]);
  });

  it('gives back every member of a body as it came', () => {
    const store = open();
    store.add(fullInventoryScanRequest(), 'api', 1);
    expect([...store.list()][0]!.request()).toEqual(fullInventoryScanRequest());
  });

  it('is still there after a restart, ids and counts too, and in the same order', () => {
    const before = new InventoryStore(directory, 1e9);
    for (const agent of ['z', 'a', 'm', 'z']) {
      before.add(upload('string', agent), 'upload', 7);
    }
    const known = [...before.list()].map(({ request: _, ...about }) => about);
    before.close();
    before.close();
    const after = open();
    expect([...after.list()].map(({ request: _, ...about }) => about)).toEqual(known);
    expect(known.map(({ agent, repeats }) => [agent, repeats])).toEqual([
      ['z', 1],
      ['a', 0],
      ['m', 0],
    ]);
  });

  it('takes nothing beyond its size, and goes on with what fits', () => {
    const store = open(2000);
    expect(store.add(upload('sha256:a', 'x'), 'upload', 1)).toMatchObject({ outcome: 'new' });
    const noise = Array.from({ length: 4000 }, (_, index) => `/${(index * 7919).toString(36)}`);
    const minimal = minimalInventoryScanRequest('sha256:b');
    const large = { ...minimal, inventory: { ...minimal.inventory, whiteout_files: noise } };
    expect(store.add(large, 'upload', 1)).toEqual({
      outcome: 'full',
      reason: expect.stringMatching(/^the store is full: \d+ of 2000 bytes are taken$/),
    });
    // A repeat takes the place of what is there: it needs no room of its own.
    for (let repeat = 1; repeat < 20; repeat += 1) {
      expect(store.add(upload('sha256:a', 'x'), 'upload', 1)).toMatchObject({ repeats: repeat });
    }
    expect(store.size).toBe(1);
  });

  it('keeps two stores in memory apart', () => {
    const [one, other] = [new InventoryStore(undefined, 1e6), new InventoryStore(undefined, 1e6)];
    one.add(upload('sha256:a', 'x'), 'upload', 1);
    expect([one.size, other.size]).toEqual([1, 0]);
    one.close();
    other.close();
  });
});

describe('the file of the store', () => {
  it('is for this user alone, whatever the directory is', async () => {
    await mkdir(directory, { recursive: true, mode: 0o755 });
    open().add(upload('sha256:a', 'x'), 'upload', 1);
    const names = await readdir(directory);
    const modes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).mode & 0o777));
    expect(names).toContain('falcon-cloud.sqlite');
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });
});

describe('a directory that cannot be the store', () => {
  const refused = (hint: RegExp, message: RegExp) =>
    expect.objectContaining({
      ...{ code: 'OPTIONS_INVALID', hint: expect.stringMatching(hint), message: expect.stringMatching(message) },
    });

  it('is one that another double has open', () => {
    open();
    expect(() => open()).toThrow(refused(/End the other one/, /another process has it open/));
  });

  it('is one with a file that is no database', async () => {
    open().close();
    await writeFile(join(directory, 'falcon-cloud.sqlite'), 'not what is expected here '.repeat(50));
    expect(() => open()).toThrow(refused(/Name another directory/, /not a database/));
  });

  it.each([
    ['the mark of another program', 'PRAGMA application_id = 7', /another program/],
    ['a later version', 'PRAGMA user_version = 2', /another version/],
  ])('is one with a file that has %s', (_what, sql, message) => {
    open().close();
    const database = new DatabaseSync(join(directory, 'falcon-cloud.sqlite'));
    database.exec(sql);
    database.close();
    expect(() => open()).toThrow(refused(/Name another directory/, message));
  });

  it('is a file', async () => {
    const file = join(directory, '..', '..', 'file');
    await writeFile(file, '');
    expect(() => open(1, file)).toThrow(refused(/Name another directory/, /EEXIST/));
  });
});
