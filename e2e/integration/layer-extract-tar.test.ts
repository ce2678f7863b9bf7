import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileEvent, type LayerBlob, walkLayer } from '@falcon-iar/layer-extract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';

/** What an archive and the tree it was made of must agree on. */
interface Seen {
  readonly kind: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly size?: number;
  readonly target?: string;
  /** SHA-256 of the content. */
  readonly content?: string;
}

const runnable = canRun('reading what GNU tar writes', ['tar'], { root: true });

describe.runIf(runnable)('layers that GNU tar wrote', () => {
  let scratch: string;
  let tree: string;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-tar-'));
    tree = join(scratch, 'tree');
    await makeTree(tree);
  });

  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  async function archive(...options: readonly string[]): Promise<string> {
    const file = join(scratch, `${options.join('').replaceAll(/[^\w.]/g, '-')}.tar`);
    await runTool('tar', ['--create', '--sort=name', '--numeric-owner', ...options, '-f', file, '-C', tree, '.']);
    return file;
  }

  it.each(['gnu', 'oldgnu', 'posix'])('in the format %s, with names of any length', async (format) => {
    expect(await eventsOf(await archive(`--format=${format}`))).toEqual(await treeOf(tree));
  });

  it.each(['v7', 'ustar'])('in the format %s, without what it cannot hold', async (format) => {
    const file = await archive(`--format=${format}`, '--exclude=./long', '--exclude=./dev', '--exclude=./etc/pipe');
    const expected = await treeOf(tree);
    for (const path of expected.keys()) if (/^(long|dev|etc\/pipe)/.test(path)) expected.delete(path);
    expect(await eventsOf(file)).toEqual(expected);
  });

  it.each([
    ['gnu', '0.0'],
    ['oldgnu', '0.0'],
    ['posix', '0.0'],
    ['posix', '0.1'],
    ['posix', '1.0'],
  ])('in the format %s with sparse files of version %s', async (format, version) => {
    for (const detection of ['raw', 'seek']) {
      const sparse = ['--sparse', `--sparse-version=${version}`, `--hole-detection=${detection}`];
      const file = await archive(`--format=${format}`, ...sparse);
      expect((await lstat(file)).size).toBeLessThan(2_000_000);
      expect(await eventsOf(file)).toEqual(await treeOf(tree));
    }
  });

  it('in the format posix, with global records, which runtimes do not apply', async () => {
    const file = await archive('--format=posix', '--pax-option=globexthdr.name=global,comment=made,mtime=12345');
    const { mtime } = (await eventsOf(file)).get('etc/motd') ?? {};
    expect(mtime).toBe(Math.floor((await lstat(join(tree, 'etc/motd'))).mtimeMs / 1000));
  });

  it('and that it put together of two, or that were put together without it', async () => {
    const first = await archive('--format=gnu', '--exclude=./long');
    const second = join(scratch, 'second.tar');
    await runTool('tar', ['--create', '--format=gnu', '-f', second, '-C', join(tree, 'long'), '.']);
    const raw = Buffer.concat([await readFile(first), await readFile(second)]);
    await runTool('tar', ['--concatenate', '-f', first, second]);
    const joined = await eventsOf(first);
    expect(joined.has('etc/motd') && joined.has(`${'n'.repeat(200)}`)).toBe(true);

    const file = join(scratch, 'raw.tar');
    await writeFile(file, raw);
    const problems = (await collect(file)).filter(({ kind }) => kind === 'problem');
    expect(problems).toMatchObject([{ reason: expect.stringMatching(/behind the end of the archive/) }]);
  });
});

async function makeTree(tree: string): Promise<void> {
  for (const directory of ['etc', 'long', 'dev', 'sparse']) await mkdir(join(tree, directory), { recursive: true });
  await writeFile(join(tree, 'etc/motd'), 'hello\n', { mode: 0o600 });
  await writeFile(join(tree, 'etc/empty'), '');
  await writeFile(join(tree, 'etc/block'), Buffer.alloc(512, 'b'));
  await writeFile(join(tree, 'etc/größe 世'), 'unicode');
  await writeFile(Buffer.concat([Buffer.from(`${tree}/etc/caf`), Buffer.from([0xe9])]), 'latin-1');
  await symlink('../etc/motd', join(tree, 'etc/link'));
  await link(join(tree, 'etc/motd'), join(tree, 'etc/other'));
  await runTool('mkfifo', [join(tree, 'etc/pipe')]);
  await runTool('mknod', [join(tree, 'dev/null'), 'c', '1', '3']);
  await runTool('chown', ['3000000:4000000', join(tree, 'dev/null')]);
  await runTool('chmod', ['4755', join(tree, 'etc/block')]);

  const long = join(tree, 'long', 'n'.repeat(200));
  await mkdir(join(long, 'm'.repeat(150)), { recursive: true });
  await writeFile(join(long, 'm'.repeat(150), 'file'), 'deep');
  await symlink('t'.repeat(300), join(tree, 'long/link'));

  // No data; data at the end alone; and more runs than a header and one block behind it have room for.
  await makeSparse(join(tree, 'sparse/empty'), 5_000_000, []);
  await makeSparse(join(tree, 'sparse/tail'), 3_000_007, [2_999_990]);
  const places = Array.from({ length: 60 }, (_, index) => index * 81_920);
  await makeSparse(join(tree, 'sparse/many'), 6_000_000, places);
}

async function makeSparse(file: string, size: number, places: readonly number[]): Promise<void> {
  await using handle = await open(file, 'w');
  for (const [index, at] of places.entries()) await handle.write(Buffer.from(`data ${index}`), 0, undefined, at);
  await handle.truncate(size);
}

function blobOf(file: string): LayerBlob {
  return { mediaType: 'application/vnd.oci.image.layer.v1.tar', open: () => createReadStream(file) };
}

async function collect(file: string): Promise<FileEvent[]> {
  const events: FileEvent[] = [];
  for await (const event of walkLayer(blobOf(file))) events.push(event);
  return events;
}

async function eventsOf(file: string): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  for await (const event of walkLayer(blobOf(file))) {
    if (!('mode' in event)) throw new Error(`unexpected ${JSON.stringify(event)}`);
    const { kind, path, mode, uid, gid, mtime } = event;
    if (kind === 'hardlink') seen.set(path, { ...seen.get(event.target), kind: 'file' });
    else if (kind === 'symlink') seen.set(path, { kind, mode, uid, gid, mtime, target: event.target });
    else if (kind === 'file') {
      const hash = createHash('sha256');
      for await (const chunk of event.content) hash.update(chunk);
      seen.set(path, { kind, mode, uid, gid, mtime, size: event.size, content: hash.digest('hex') });
    } else seen.set(path, { kind, mode, uid, gid, mtime });
  }
  return seen;
}

/** The tree as the file system has it, which is what tar was given. */
async function treeOf(root: string): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  await visit(Buffer.from(root), '');
  return seen;

  async function visit(place: Buffer, path: string): Promise<void> {
    const stats = await lstat(place);
    const { mode, uid, gid } = { ...stats, mode: stats.mode & 0o7777 };
    const header = { mode, uid, gid, mtime: Math.floor(stats.mtimeMs / 1000) };
    if (stats.isSymbolicLink()) seen.set(path, { kind: 'symlink', ...header, target: await readlink(place, 'utf8') });
    else if (stats.isFile()) {
      const content = createHash('sha256')
        .update(await readFile(place))
        .digest('hex');
      seen.set(path, { kind: 'file', ...header, size: stats.size, content });
    } else if (!stats.isDirectory()) seen.set(path, { kind: 'special', ...header });
    else {
      seen.set(path, { kind: 'directory', ...header });
      for (const name of await readdir(place, { encoding: 'buffer' })) {
        const text = name.includes(0xe9) ? 'caf\u{10fee9}' : name.toString();
        await visit(Buffer.concat([place, Buffer.from('/'), name]), path === '' ? text : `${path}/${text}`);
      }
    }
  }
}
