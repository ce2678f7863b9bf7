import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileEvent, openContainersStorage, walkDirectory, walkLayer } from '@falcon-iar/layer-extract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daemonFolder, removeDaemonFolder } from '../support/daemon.ts';
import { debianRoot } from '../support/debian-root.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { layoutImage, readDocument } from '../support/layout-image.ts';
import { pushImage } from '../support/pushed-image.ts';
import { realImage } from '../support/real-image.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';

const canUnpack = canRun('directories of real systems', ['tar', 'mmdebstrap', 'findmnt'], { root: true });
const canPull = canRun(
  'layers of containers/storage',
  ['podman', 'skopeo', 'docker-registry', 'mmdebstrap', 'findmnt'],
  {
    root: true,
  },
);
const canTell = canRun('opaque directories', ['getfattr']);

/** All events by path, a file with the digest of its content; markers and problems beside what has the same path. */
async function snapshot(events: AsyncIterable<FileEvent>): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for await (const event of events) {
    if (event.kind === 'file') {
      const { content, ...rest } = event;
      const sha256 = createHash('sha256');
      for await (const chunk of content) sha256.update(chunk);
      found.set(event.path, { ...rest, sha256: sha256.digest('hex') });
    } else if (event.kind === 'opaque' || event.kind === 'problem') found.set(`${event.path} (${event.kind})`, event);
    else found.set(event.path, event);
  }
  return found;
}

/** The paths where two snapshots differ; both sides' words for each are in `a` and `b`. */
function differences(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  const differs = (path: string): boolean => JSON.stringify(a.get(path)) !== JSON.stringify(b.get(path));
  return [...new Set([...a.keys(), ...b.keys()])].filter(differs);
}

const fileBlob = (file: string) => ({
  mediaType: 'application/x-tar',
  open: () => createReadStream(file, { highWaterMark: 256 * 1024 }),
});

describe.runIf(canUnpack)('walkDirectory of a real tree', () => {
  let scratch: string;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-directory-'));
  });

  afterAll(async () => {
    await removeDaemonFolder(scratch);
  });

  it('gives the events of the archive that the tree was unpacked from', async () => {
    const debian = await debianRoot();
    const tree = join(scratch, 'debian');
    await mkdir(tree);
    await runTool('tar', ['-x', '-p', '--numeric-owner', '-f', debian.tar, '-C', tree]);
    const walked = await snapshot(walkDirectory(tree));
    expect(walked.size).toBeGreaterThan(5000);
    expect(differences(walked, await snapshot(walkLayer(fileBlob(debian.tar))))).toEqual([]);
  });

  it('stays on its file system, unless it is told otherwise', async () => {
    const tree = join(scratch, 'mounted');
    await mkdir(join(tree, 'mnt'), { recursive: true });
    await writeFile(join(tree, 'zero'), '');
    await runTool('mount', ['-t', 'tmpfs', 'none', join(tree, 'mnt')]);
    await writeFile(join(tree, 'mnt/inside'), 'x');
    const stayed = await snapshot(walkDirectory(tree));
    expect([...stayed.keys()]).toEqual(['', 'mnt', 'mnt (problem)', 'zero']);
    const entered = await snapshot(walkDirectory(tree, { mounts: 'walk' }));
    expect([...entered.keys()]).toEqual(['', 'mnt', 'mnt/inside', 'zero']);
  });

  it.runIf(canTell)('reads whiteouts and opaque directories as the kernel writes them', async () => {
    const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) => join(scratch, name));
    for (const directory of [lower, upper, work, merged]) await mkdir(directory!);
    const names = ['plain', 'with space', 'back\\slash', 'line\nend', 'ümlaut', '\\101'];
    for (const name of names) {
      await mkdir(join(lower!, name));
      await writeFile(join(lower!, name, 'old'), 'x');
    }
    await writeFile(join(lower!, 'gone'), 'x');
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    await runTool('mount', ['-t', 'overlay', 'overlay', '-o', options, merged!]);
    for (const name of names) {
      await rm(join(merged!, name), { recursive: true });
      await mkdir(join(merged!, name));
    }
    await rm(join(merged!, 'gone'));
    await runTool('umount', [merged!]);

    const events = await snapshot(walkDirectory(upper!, { layout: 'overlay' }));
    expect(events.get('gone')).toEqual({ kind: 'whiteout', path: 'gone' });
    for (const name of names) expect(events.get(`${name} (opaque)`)).toEqual({ kind: 'opaque', path: name });
    expect(events.size).toBe(1 + 2 * names.length + 1);
    expect((await snapshot(walkDirectory(upper!))).get('gone')).toMatchObject({ kind: 'special' });
  });
});

describe.runIf(canPull)('containers/storage as Podman writes it', () => {
  let folder: string;
  let root: string;
  let diffIds: string[];

  beforeAll(async () => {
    folder = await daemonFolder();
    root = join(folder, 'root');
    const layout = await (await realImage()).layout('gzip');
    const { configDigest } = await layoutImage(layout);
    diffIds = (await readDocument<{ rootfs: { diff_ids: string[] } }>(layout, configDigest)).rootfs.diff_ids;
    await using registry = await startDockerRegistry();
    const reference = `${registry.host}/team/real:1`;
    await pushImage(layout, { reference });
    const storage = ['--root', root, '--runroot', join(folder, 'run'), '--tmpdir', join(folder, 'tmp')];
    await runTool('podman', [...storage, 'pull', '--quiet', '--tls-verify=false', reference]);
  });

  afterAll(async () => {
    await removeDaemonFolder(folder);
  });

  it('gives every layer of an image back, byte for byte', async () => {
    const storage = await openContainersStorage(root);
    expect(storage.layers.map(({ diffId }) => diffId).sort()).toEqual([...diffIds].sort());
    for (const diffId of diffIds) {
      const layer = storage.layer(diffId)!;
      const sha256 = createHash('sha256');
      let size = 0;
      for await (const chunk of layer.open()) {
        sha256.update(chunk);
        size += chunk.byteLength;
      }
      expect(`sha256:${sha256.digest('hex')}`).toBe(diffId);
      expect(size).toBe(layer.size);
    }
  });

  it.runIf(canTell)('has directories that give the events of their archives', async () => {
    const storage = await openContainersStorage(root);
    for (const diffId of diffIds) {
      const layer = storage.layer(diffId)!;
      const unpacked = await snapshot(walkDirectory(join(root, 'overlay', layer.id, 'diff'), { layout: 'overlay' }));
      const archived = await snapshot(walkLayer(layer));
      // A folder cannot be without the directories that its archive leaves out.
      for (const path of unpacked.keys()) {
        if (!archived.has(path)) expect(unpacked.get(path)).toMatchObject({ kind: 'directory' });
      }
      expect(differences(unpacked, archived).filter((path) => archived.has(path))).toEqual([]);
    }
  });

  it('refuses a layer of which a file was changed', async () => {
    const layer = (await openContainersStorage(root)).layer(diffIds[0]!)!;
    const release = join(root, 'overlay', layer.id, 'diff/usr/lib/os-release');
    const text = await readFile(release, 'utf8');
    await writeFile(release, text.toUpperCase());
    await expect(snapshot(walkLayer(layer))).rejects.toThrow(/its files give sha256:/);
    await writeFile(release, text);
  });
});
