import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FalconCloudDouble } from './create-falcon-cloud.ts';
import { minimalInventoryScanRequest } from './minimal-request.ts';
import { bearer, post, startCloud } from './plain-calls.test-support.ts';

describe('a store directory', () => {
  async function startWithStore(): Promise<{ cloud: FalconCloudDouble; directory: string }> {
    const parent = await mkdtemp(join(tmpdir(), 'falcon-double-'));
    onTestFinished(() => rm(parent, { recursive: true }));
    const directory = join(parent, 'made', 'here');
    return { cloud: await startCloud({ storeDir: directory }), directory };
  }

  it('gets one file for each digest', async () => {
    const { cloud, directory } = await startWithStore();
    const headers = await bearer(cloud);
    const digest = `sha256:${'7'.repeat(64)}`;
    await post(cloud.uploadUrl, minimalInventoryScanRequest(digest), headers);
    await post(cloud.uploadUrl, minimalInventoryScanRequest(digest), headers);
    expect(await readdir(directory)).toEqual([`sha256-${'7'.repeat(64)}.json`]);
    const text = await readFile(join(directory, `sha256-${'7'.repeat(64)}.json`), 'utf8');
    expect(JSON.parse(text)).toEqual(minimalInventoryScanRequest(digest));
  });

  it.each(['', 'string', 'sha256:../../etc/passwd', `sha256:${'A'.repeat(64)}`, `md5:${'a'.repeat(32)}`])(
    'never takes "%s" for a file name',
    async (digest) => {
      const { cloud, directory } = await startWithStore();
      expect((await post(cloud.uploadUrl, minimalInventoryScanRequest(digest), await bearer(cloud))).status).toBe(400);
      expect(await readdir(directory)).toEqual([]);
      expect(cloud.rejections[0]!.reason).toBe('inventory.ImageInfo.Digest: not a digest, so it names no file');
    },
  );
});

describe('a store directory that cannot be written', () => {
  it('gives 500 and says why, and nothing is kept', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'falcon-double-'));
    const cloud = await startCloud({ storeDir: directory });
    const headers = await bearer(cloud);
    await rm(directory, { recursive: true });
    expect((await post(cloud.uploadUrl, minimalInventoryScanRequest(), headers)).status).toBe(500);
    expect(cloud.rejections).toMatchObject([{ status: 500, reason: expect.stringMatching(/^ENOENT/) }]);
    expect(cloud.inventories).toEqual([]);
  });
});
