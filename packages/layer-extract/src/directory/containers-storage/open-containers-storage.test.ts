import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, readAll } from '../../layer.test-support.ts';
import { openBelow } from '../../open-handles.test-support.ts';
import { openContainersStorage, type StoredLayer } from './open-containers-storage.ts';
import { StorageFolder } from './storage-folder.test-support.ts';
import { type StorageLimits, storageLimits } from './storage-limits.ts';

const { id, diff, split } = new StorageFolder('');
let root: string;
let folder: StorageFolder;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'containers-storage-'));
  folder = new StorageFolder(root);
  await folder.make();
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const store = (files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> => folder.store(files);
const writeSplit = (text: string): Promise<void> => folder.writeSplit(text);
const writeRecords = (records: unknown): Promise<void> => folder.writeRecords(records);

async function stored(limits: Partial<StorageLimits> = {}): Promise<StoredLayer> {
  return (await openContainersStorage(root, { limits })).layer(id) ?? expect.unreachable();
}

const openHere = (): string[] => openBelow(root);

describe('openContainersStorage', () => {
  it('finds layers that have come from images, by id and by diffID', async () => {
    const [other, digests] = ['b'.repeat(64), [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`]];
    await writeRecords([
      { id, 'diff-digest': digests[0], 'diff-size': 7 },
      { id: other, parent: id, 'diff-digest': digests[1] },
      { id: 'c'.repeat(64), parent: other },
      { id: '../../etc', 'diff-digest': digests[0] },
      { id: 'd'.repeat(64), 'diff-digest': 'md5:1' },
      null,
    ]);
    const storage = await openContainersStorage(root);
    expect(storage.layers).toEqual([
      expect.objectContaining({ id, parent: undefined, diffId: digests[0], size: 7 }),
      expect.objectContaining({ id: other, parent: id, diffId: digests[1], size: undefined }),
    ]);
    expect(storage.layer(other)).toBe(storage.layer(digests[1]!));
    expect(storage.layer('c'.repeat(64))).toBeUndefined();
  });

  it('refuses what is no list of layers, or too long a one', async () => {
    await expect(openContainersStorage(join(root, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
    await writeRecords({});
    await expect(openContainersStorage(root)).rejects.toThrow(/no list of layers/);
    await expect(openContainersStorage(root, { limits: { recordBytes: 1 } })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
    await writeFile(join(root, 'overlay-layers/layers.json'), '[');
    await expect(openContainersStorage(root)).rejects.toThrow(/no JSON/);
  });
});

describe('a stored layer', () => {
  it('gives its archive byte for byte, whatever the names and sizes', async () => {
    const archive = await store({
      './etc/passwd': 'root',
      'etc/deep/er/file': randomBytes(700_000),
      'etc/empty': '',
      'caf\xe9/na\xefve': 'latin-1',
      'usr/bin/tool': randomBytes(512),
    });
    expect((await readAll((await stored()).open())).equals(archive)).toBe(true);
    expect(openHere()).toEqual([]);
  });

  it('finds files through the links that the layer has itself, and never outside of it', async () => {
    const archive = await store({ 'a/lib/x': 'one', 'b/deep/y': 'two', 'c/lib/z': 'three' });
    await mkdir(join(root, diff, 'usr'));
    await rename(join(root, diff, 'a/lib'), join(root, diff, 'usr/lib'));
    await symlink('../../../../usr/./lib', join(root, diff, 'a/lib'));
    await rename(join(root, diff, 'b/deep'), join(root, diff, 'usr/deep'));
    await symlink('/usr/deep', join(root, diff, 'b/deep'));
    const layer = await stored();
    expect((await readAll(layer.open())).equals(archive)).toBe(true);
    await rm(join(root, diff, 'a/lib'));
    await symlink('lib', join(root, diff, 'a/lib'));
    await expect(collect(layer.open())).rejects.toThrow(/ELOOP|ENOTDIR/);
    expect(openHere()).toEqual([]);
  });

  it('ends with an error behind the last byte where a file has changed', async () => {
    const archive = await store({ a: 'right' });
    await writeFile(join(root, diff, 'a'), 'wrong');
    let length = 0;
    const reading = (async () => {
      for await (const chunk of (await stored()).open()) length += chunk.byteLength;
    })();
    await expect(reading).rejects.toThrow(/its files give sha256:/);
    expect(length).toBe(archive.byteLength);
  });

  it.each<[string, RegExp, () => Promise<unknown>]>([
    ['is missing', /dir\/file.*ENOENT/, () => rm(join(root, diff, 'dir/file'))],
    ['has another size', /no file of 4 bytes/, () => writeFile(join(root, diff, 'dir/file'), 'longer')],
    [
      'is a link',
      /ELOOP/,
      () => rm(join(root, diff, 'dir/file')).then(() => symlink('x', join(root, diff, 'dir/file'))),
    ],
    ['has a link to elsewhere in its path', /ENOENT/, () => moveAway('dir')],
    [
      'is a directory',
      /no file of/,
      () => rm(join(root, diff, 'dir/file')).then(() => mkdir(join(root, diff, 'dir/file'))),
    ],
    ['lies in a diff that is a link', /its diff cannot be read/, () => moveAway('')],
  ])('is refused where a file %s', async (_, message, change) => {
    await store({ 'dir/file': 'body' });
    await change();
    await expect(collect((await stored()).open())).rejects.toThrow(message);
    expect(openHere()).toEqual([]);
  });

  /** Puts a link to the same content in a directory's place. */
  async function moveAway(path: string): Promise<void> {
    await rename(join(root, diff, path), join(root, 'elsewhere'));
    await symlink(join(root, 'elsewhere'), join(root, diff, path).replace(/\/$/, ''));
  }

  it('never leaves its folder, whatever the notes say', async () => {
    await store({ a: 'b' });
    await writeFile(join(root, 'overlay', id, 'secret'), 'secret');
    await writeSplit(JSON.stringify({ type: 1, name: '../secret', size: 6 }));
    await expect(collect((await stored()).open())).rejects.toThrow(/leaves the image root/);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', 'null'],
    ['unknown type', '{"type":3}'],
    ['without bytes', '{"type":2}'],
    ['without a valid size', '{"type":1,"name":"a","size":-1}'],
    ['without a name', '{"type":1,"size":1}'],
  ])('is refused where its notes have a line that is: %s', async (message, line) => {
    await store({ a: 'b' });
    await writeSplit(`${line}\n`);
    await expect(collect((await stored()).open())).rejects.toThrow(new RegExp(`line 1: .*${message}`));
  });

  it('is refused where its notes are cut, missing or bad', async () => {
    await store({ a: 'b' });
    const layer = await stored();
    await writeFile(join(root, split), gzipSync('{"type":2,"payload":""}\n'.repeat(99)).subarray(0, -9));
    await expect(collect(layer.open())).rejects.toMatchObject({ code: 'TRUNCATED' });
    await rm(join(root, split));
    await expect(collect(layer.open())).rejects.toThrow(/tar-split cannot be read \(ENOENT\)/);
    expect(openHere()).toEqual([]);
  });

  it.each([
    ['lineBytes', { lineBytes: 300 }],
    ['totalBytes', { totalBytes: 1500 }],
    ['entries', { entries: 1 }],
    ['pathBytes', { pathBytes: 8 }],
    ['pathDepth', { pathDepth: 2 }],
    ['ratio', { ratio: 2, ratioFloorBytes: 0 }],
  ])('is refused past limit %s', async (name, limits) => {
    await store({ a: 'b', 'd/\xe9/\xe9/fgh': 'd' });
    await expect(collect((await stored(limits)).open())).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining(name),
    });
    expect(openHere()).toEqual([]);
    const enough = { lineBytes: 3000, totalBytes: 5000, entries: 2, pathBytes: 9, pathDepth: 4, ratioFloorBytes: 5000 };
    expect(await collect((await stored(enough)).open())).not.toEqual([]);
  });

  it('has a test for every limit', () => {
    const tested = ['lineBytes', 'totalBytes', 'entries', 'pathBytes', 'pathDepth', 'ratio', 'ratioFloorBytes'];
    expect(Object.keys(storageLimits).sort()).toEqual([...tested, 'recordBytes'].sort());
  });

  it('closes everything when the loop is left, and gives the reason of an abort', async () => {
    await store({ 'a/b/c': randomBytes(600_000) });
    const layer = await stored();
    for await (const chunk of layer.open()) if (chunk.byteLength > 1000) break;
    expect(openHere()).toEqual([]);

    const controller = new AbortController();
    const reason = new Error('enough');
    const reading = (async () => {
      for await (const chunk of layer.open({ signal: controller.signal })) {
        if (chunk.byteLength > 1000) controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(openHere()).toEqual([]);
  });
});
