import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReadFile, readIfThere, readTextFile, readTokenFile } from './read-text-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloud-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readTextFile', () => {
  it('reads a file whole, through the links of a mounted secret', async () => {
    const text = 'ä'.repeat(400_000);
    await writeFile(join(folder, 'data'), text);
    await symlink('data', join(folder, 'link'));
    expect(await readTextFile(join(folder, 'link'), {})).toBe(text);
  });

  it('refuses one above 1 MiB', async () => {
    const path = join(folder, 'large');
    await writeFile(path, Buffer.alloc(1024 * 1024 + 1));
    await expect(readTextFile(path, {})).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
    await writeFile(path, Buffer.alloc(1024 * 1024));
    expect(await readTextFile(path, {})).toHaveLength(1024 * 1024);
  });

  it('refuses a folder, and says of what is missing that it is', async () => {
    await expect(readTextFile(folder, {})).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(readTextFile(join(folder, 'none'), {})).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('stops at an abort', async () => {
    const reason = new Error('enough');
    await writeFile(join(folder, 'small'), 'x');
    await expect(readTextFile(join(folder, 'small'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('readIfThere', () => {
  const failing =
    (error: unknown): ReadFile =>
    () =>
      Promise.reject(error);
  const signal = new AbortController().signal;

  it('takes the byte order mark away, and knows what does not exist', async () => {
    expect(await readIfThere(() => Promise.resolve('\uFEFF{}'), '/f', signal)).toBe('{}');
    expect(await readIfThere(readTextFile, join(folder, 'none'), signal)).toBeUndefined();
  });

  it('says of a file that cannot be read why, with the name it is given', async () => {
    const closed = failing(Object.assign(new Error('no'), { code: 'EACCES' }));
    await expect(readIfThere(closed, '/f', signal, '/f (VARIABLE)')).rejects.toMatchObject({
      code: 'CREDENTIALS_INVALID',
      message: '[CREDENTIALS_INVALID] read credentials, /f (VARIABLE): EACCES',
    });
    const odd = failing(new Error('hunter2'));
    await expect(readIfThere(odd, '/f', signal)).rejects.toThrow('read credentials, /f: unreadable');
  });

  it('refuses too much from whoever reads, and rejects with the reason of the signal', async () => {
    const large: ReadFile = () => Promise.resolve('ä'.repeat(600_000));
    await expect(readIfThere(large, '/f', signal)).rejects.toThrow('/f: larger than 1048576 bytes');
    await expect(readIfThere(large, '/f', AbortSignal.abort('enough'))).rejects.toBe('enough');
  });
});

describe('readTokenFile', () => {
  it.each([
    ['', 'it holds no token'],
    ['two words', 'it holds no token'],
    ['a\r\nb', 'it holds no token'],
  ])('refuses %j, and does not quote it', async (content, reason) => {
    const work = readTokenFile(() => Promise.resolve(content), '/token', undefined, 'mount it');
    await expect(work).rejects.toMatchObject({
      message: `[CREDENTIALS_INVALID] read credentials, /token: ${reason}`,
      hint: 'mount it',
    });
  });

  it('refuses what does not exist', async () => {
    const work = readTokenFile(readTextFile, join(folder, 'none'), undefined, 'mount it');
    await expect(work).rejects.toThrow('none: it does not exist');
  });
});
