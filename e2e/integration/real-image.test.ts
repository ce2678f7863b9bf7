import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealImage, realImage } from '../support/real-image.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';
import { snapshotTree, type TreeEntry } from '../support/tree-snapshot.ts';

// The other tests take the tree for the truth about the image; here another implementation confirms that it is.
const runnable = canRun('the real image', ['mmdebstrap', 'npm', 'chroot', 'umoci'], { root: true });

describe.runIf(runnable)('the real image', () => {
  let image: RealImage;
  let scratch: string;

  beforeAll(async () => {
    image = await realImage();
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-umoci-'));
  });

  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it('unpacks with umoci to the tree it was made from', async () => {
    const bundle = join(scratch, 'bundle');
    await runTool('umoci', ['unpack', '--image', `${await image.layout('gzip')}:latest`, bundle]);
    const [unpacked, tree] = await Promise.all([snapshotTree(join(bundle, 'rootfs')), snapshotTree(image.tree)]);
    expect([...unpacked.keys()]).toEqual([...tree.keys()]);
    const differing = [...tree].filter(([path, entry]) => contentOf(entry) !== contentOf(unpacked.get(path)));
    expect(differing.map(([path]) => path)).toEqual([]);
  });
});

function contentOf(entry: TreeEntry | undefined): string {
  const { type, mode, uid, gid, sha256, linkname, device } = entry ?? {};
  return JSON.stringify({ type, mode, uid, gid, sha256, linkname, device });
}
