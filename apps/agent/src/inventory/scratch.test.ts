import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScratch } from './scratch.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'iar-scratch-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function* chunks(...texts: string[]) {
  for (const text of texts) yield new TextEncoder().encode(text);
}
const read = async (file: { read(offset: number, length: number): Promise<Uint8Array> }, at: number, length: number) =>
  new TextDecoder().decode(await file.read(at, length));

describe('createScratch', () => {
  it('keeps content for reading in any order under no name', async () => {
    const file = await createScratch(directory, 100).store(chunks('01234', '56789'), 10);
    expect(await readdir(directory)).toEqual([]);
    expect(file && (await read(file, 3, 4))).toBe('3456');
    expect(file && (await read(file, 8, 10))).toBe('89');
    await file?.close();
  });

  it('stores nothing beyond its capacity and has room again after a close', async () => {
    const scratch = createScratch(directory, 10);
    const first = await scratch.store(chunks('123456'), 6);
    expect(await scratch.store(chunks('12345'), 5)).toBeUndefined();
    await first?.close();
    const second = await scratch.store(chunks('12345'), 5);
    expect(second).toBeDefined();
    await second?.close();
  });

  it('says that there is no room where the directory cannot be written', async () => {
    expect(await createScratch(join(directory, 'missing'), 10).store(chunks('1'), 1)).toBeUndefined();
  });

  it('frees its room when the content ends early or fails', async () => {
    const scratch = createScratch(directory, 10);
    await expect(scratch.store(chunks('12'), 10)).rejects.toThrow('expected 10 bytes');
    const file = await scratch.store(chunks('1234567890'), 10);
    expect(file).toBeDefined();
    await file?.close();
  });
});
