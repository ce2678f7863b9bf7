import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOutputs, writeOutputs } from './write-outputs.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'iar-outputs-'));
});
afterEach(() => rm(directory, { recursive: true }));

const encode = (format: string) => [`${format} `, 'document'];

describe('writeOutputs', () => {
  it('writes files and standard output', async () => {
    const stdout = new PassThrough();
    const file = join(directory, 'out.json');
    await writeOutputs(
      [
        { format: 'json', file },
        { format: 'table', file: undefined },
      ],
      encode,
      stdout,
    );
    stdout.end();
    expect(await readFile(file, 'utf8')).toBe('json document');
    expect(await text(stdout)).toBe('table document');
  });

  it('leaves neither a file nor a part of one when an encoder fails', async () => {
    const stdout = new PassThrough();
    const failing = function* (format: string) {
      yield 'half';
      if (format === 'purls') throw new Error('no');
    };
    const outputs = [
      { format: 'json', file: join(directory, 'a') },
      { format: 'purls', file: join(directory, 'b') },
      { format: 'table', file: undefined },
    ] as const;
    await expect(writeOutputs(outputs, failing, stdout)).rejects.toThrow();
    expect(await readdir(directory)).toEqual([]);
    expect(stdout.read()).toBeNull();
  });

  it('replaces what a link points to and keeps the link', async () => {
    await writeFile(join(directory, 'real'), 'old');
    await symlink('real', join(directory, 'link'));
    await writeOutputs([{ format: 'json', file: join(directory, 'link') }], encode, new PassThrough());
    expect(await readlink(join(directory, 'link'))).toBe('real');
    expect(await readFile(join(directory, 'real'), 'utf8')).toBe('json document');
  });

  it('writes into a pipe without replacing it', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [read] = await Promise.all([
      readFile(pipe, 'utf8'),
      writeOutputs([{ format: 'json', file: pipe }], encode, new PassThrough()),
    ]);
    expect(read).toBe('json document');
    expect(await readdir(directory)).toEqual(['pipe']);
  });
});

describe('checkOutputs', () => {
  it('refuses a file in a directory that does not exist, naming both', async () => {
    const file = join(directory, 'missing', 'out.json');
    await expect(checkOutputs([{ format: 'json', file }])).rejects.toMatchObject({
      message: expect.stringContaining(file),
      hint: expect.stringContaining(join(directory, 'missing')),
    });
  });
});
