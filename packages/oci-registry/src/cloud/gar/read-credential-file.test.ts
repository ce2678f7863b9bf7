import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCredentialFile } from './read-credential-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gar-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readCredentialFile', () => {
  it('reads a file whole, through the links of a mounted secret', async () => {
    const text = 'ä'.repeat(400_000);
    await writeFile(join(folder, 'data'), text);
    await symlink('data', join(folder, 'link'));
    expect(await readCredentialFile(join(folder, 'link'), {})).toBe(text);
  });

  it('refuses one above 1 MiB', async () => {
    const path = join(folder, 'large');
    await writeFile(path, Buffer.alloc(1024 * 1024 + 1));
    await expect(readCredentialFile(path, {})).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
    await writeFile(path, Buffer.alloc(1024 * 1024));
    expect(await readCredentialFile(path, {})).toHaveLength(1024 * 1024);
  });

  it('refuses a folder, and says of what is missing that it is', async () => {
    await expect(readCredentialFile(folder, {})).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(readCredentialFile(join(folder, 'none'), {})).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('stops at an abort', async () => {
    const reason = new Error('enough');
    await writeFile(join(folder, 'small'), 'x');
    await expect(readCredentialFile(join(folder, 'small'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
