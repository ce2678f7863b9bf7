import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  chmod,
  link,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileEntry, FileEvent } from '../event/file-event.ts';
import { collect, readAll } from '../layer.test-support.ts';
import { openBelow } from '../open-handles.test-support.ts';
import { directoryLimits } from './directory-limits.ts';
import { unprivileged } from './unprivileged.test-support.ts';
import { type WalkDirectoryOptions, walkDirectory } from './walk-directory.ts';

let scratch: string;
let root: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'walk-directory-'));
  root = join(scratch, 'root');
  await mkdir(root);
  await chmod(scratch, 0o755);
});

afterEach(async () => {
  // Not by Node, which removes by whole paths: one test makes some that are too long.
  execFileSync('rm', ['-rf', scratch]);
});

const openHere = (): string[] => openBelow(scratch);

async function short(options: WalkDirectoryOptions = {}): Promise<string[]> {
  const events = await collect(walkDirectory(root, options));
  return events.map((event) =>
    'target' in event ? `${event.path} -> ${event.target}` : `${event.kind} ${event.path}`,
  );
}

/** Walks to the file, does something to the tree, reads the file; gives its bytes and the events behind it. */
async function readAfter(name: string, change: () => Promise<unknown>): Promise<{ bytes: Buffer; rest: FileEvent[] }> {
  const events = walkDirectory(root);
  for await (const event of { [Symbol.asyncIterator]: () => ({ next: () => events.next() }) }) {
    if (event.kind !== 'file' || event.path !== name) continue;
    await change();
    return { bytes: await readAll(event.content), rest: await collect(events) };
  }
  return expect.unreachable();
}

describe('walkDirectory', () => {
  it('gives the events of a tree, directories first, names sorted by their bytes', async () => {
    await mkdir(join(root, 'etc/apt'), { recursive: true });
    await writeFile(join(root, 'etc/apt/sources'), 'deb');
    await writeFile(join(root, 'etc/Zone'), '');
    await writeFile(join(root, 'etc-extra'), 'x');
    await symlink('../../outside', join(root, 'etc/link'));
    await symlink('/nowhere', join(root, 'dangling'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
    expect(await short()).toEqual([
      'directory ',
      'dangling -> /nowhere',
      'directory etc',
      'file etc/Zone',
      'directory etc/apt',
      'file etc/apt/sources',
      'etc/link -> ../../outside',
      'file etc-extra',
      'special fifo',
    ]);
  });

  it('tells mode, owner, size and whole seconds, also before 1970', async () => {
    await writeFile(join(root, 'tool'), 'body');
    await chmod(join(root, 'tool'), 0o4751);
    await utimes(join(root, 'tool'), 0, new Date(-1500));
    const [, event] = await collect(walkDirectory(root));
    const owner = { uid: process.getuid?.(), gid: process.getgid?.() };
    expect(event).toEqual({
      ...{ kind: 'file', path: 'tool', mode: 0o4751, size: 4, mtime: -2, ...owner },
      content: expect.anything(),
    });
  });

  it('gives the first name of a file its content and makes the others links to it', async () => {
    await mkdir(join(root, 'b'));
    await writeFile(join(root, 'b/second'), 'shared');
    await link(join(root, 'b/second'), join(root, 'a'));
    await link(join(root, 'b/second'), join(root, 'c'));
    await link(join(root, 'b/second'), join(scratch, 'outside'));
    expect(await short()).toEqual(['directory ', 'file a', 'directory b', 'b/second -> a', 'c -> a']);
  });

  it('keeps names apart that are no UTF-8', async () => {
    const raw = (name: string): Buffer => Buffer.from(join(root, name), 'latin1');
    await writeFile(raw('caf\xe9'), 'one');
    await writeFile(raw('caf\xc3\xa9'), 'two');
    await symlink(Buffer.from('caf\xe9', 'latin1'), raw('link'));
    const files: [string, string][] = [];
    for await (const event of walkDirectory(root)) {
      if (event.kind === 'file') files.push([event.path, (await readAll(event.content)).toString()]);
      if (event.kind === 'symlink') expect(event.target).toBe(`caf${String.fromCodePoint(0x10fee9)}`);
    }
    expect(files).toEqual([
      ['café', 'two'],
      [`caf${String.fromCodePoint(0x10fee9)}`, 'one'],
    ]);
  });

  it('takes whiteout names and attributes for what they are in a root file system: names', async () => {
    await writeFile(join(root, '.wh.passwd'), '');
    expect(await short()).toEqual(['directory ', 'file .wh.passwd']);
  });

  it('follows a root that is a link, and no link below it', async () => {
    await writeFile(join(root, 'a'), '');
    await symlink(root, join(root, 'loop'));
    await symlink(root, join(scratch, 'link'));
    expect(await collect(walkDirectory(join(scratch, 'link')))).toHaveLength(3);
  });

  it('never opens sockets and fifos', async () => {
    const server = createServer().listen(join(root, 'socket'));
    await once(server, 'listening');
    execFileSync('mkfifo', [join(root, 'fifo')]);
    expect(await short()).toEqual(['directory ', 'special fifo', 'special socket']);
    server.close();
  });

  it('throws what the system says of a root that is not there', async () => {
    await expect(collect(walkDirectory(join(root, 'none')))).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(join(root, 'file'), '');
    await expect(collect(walkDirectory(join(root, 'file')))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('reports a directory that it may not read, and goes on', async () => {
    await mkdir(join(root, 'a'));
    await writeFile(join(root, 'b'), '');
    await chmod(join(root, 'a'), 0);
    const seen = await unprivileged(() => short());
    expect(seen).toEqual(['directory ', 'directory a', 'problem a', 'file b']);
    await chmod(join(root, 'a'), 0o700);
  });

  it('reports what lies in a directory of which only the names may be read', async () => {
    await mkdir(join(root, 'a'));
    await writeFile(join(root, 'a/file'), '');
    await chmod(join(root, 'a'), 0o444);
    const seen = await unprivileged(() => short());
    expect(seen).toEqual(['directory ', 'directory a', 'problem a/file']);
    await chmod(join(root, 'a'), 0o700);
  });
});

describe('content of a file in a tree', () => {
  it('is read in chunks, can be peeked at, and is read once', async () => {
    const content = Buffer.alloc(700_000, 'abcdefg');
    await writeFile(join(root, 'big'), content);
    let file: FileEntry | undefined;
    for await (const event of walkDirectory(root)) {
      if (event.kind !== 'file') continue;
      file = event;
      expect(Buffer.from(await event.content.peek(3)).toString()).toBe('abc');
      const chunks = await collect(event.content);
      expect(chunks.length).toBeGreaterThan(1);
      expect(Buffer.concat(chunks).equals(content)).toBe(true);
      await expect(event.content.peek(1)).rejects.toMatchObject({ code: 'CONTENT_GONE' });
    }
    await expect(collect(file!.content)).rejects.toMatchObject({ code: 'CONTENT_GONE' });
  });

  it('is cut at the size the event told where the file grows', async () => {
    await writeFile(join(root, 'log'), 'first');
    const { bytes, rest } = await readAfter('log', () => appendFile(join(root, 'log'), ' and more'));
    expect(bytes.toString()).toBe('first');
    expect(rest).toEqual([]);
  });

  it.each<[string, string, (path: string) => Promise<unknown>]>([
    ['shrinks', 'fir', (path) => truncate(path, 3)],
    ['is removed', '', (path) => rm(path)],
    ['is replaced by another', '', (path) => rename(join(root, 'other'), path)],
    ['is replaced by a link', '', (path) => rm(path).then(() => symlink('other', path))],
    ['is replaced by a fifo', '', (path) => rm(path).then(() => void execFileSync('mkfifo', [path]))],
  ])('ends early, with a problem behind it, where the file %s', async (_, left, change) => {
    await writeFile(join(root, 'log'), 'first');
    await writeFile(join(root, 'other'), 'wrong');
    const { bytes, rest } = await readAfter('log', () => change(join(root, 'log')));
    expect(bytes.toString()).toBe(left);
    expect(rest[0]).toMatchObject({ kind: 'problem', path: 'log' });
  });

  it('is empty, with a problem behind it, where it may not be read', async () => {
    await writeFile(join(root, 'shadow'), 'secret');
    await chmod(join(root, 'shadow'), 0);
    const { bytes, rest } = await unprivileged(() => readAfter('shadow', async () => undefined));
    expect(bytes.toString()).toBe('');
    expect(rest).toMatchObject([{ kind: 'problem', reason: 'cannot be read (EACCES)' }]);
  });
});

describe('a tree that changes while it is walked', () => {
  /** Does something when an event of this path has come, and gives the paths of all events. */
  async function changeAt(path: string, change: () => Promise<unknown>): Promise<string[]> {
    const seen: string[] = [];
    for await (const event of walkDirectory(root)) {
      seen.push(`${event.kind} ${event.path}`);
      if (event.path === path && event.kind !== 'problem') await change();
    }
    return seen;
  }

  it('leaves out directories and links that vanish', async () => {
    await mkdir(join(root, 'a'));
    await mkdir(join(root, 'b/c'), { recursive: true });
    await symlink('x', join(root, 'z'));
    const seen = await changeAt('b', async () => {
      await rm(join(root, 'b'), { recursive: true });
      await rm(join(root, 'z'));
    });
    expect(seen).toEqual(['directory ', 'directory a', 'directory b']);
  });

  it('does not follow a link that takes the place of a directory', async () => {
    await mkdir(join(scratch, 'outside'));
    await writeFile(join(scratch, 'outside/secret'), 'secret');
    await mkdir(join(root, 'a'));
    const seen = await changeAt('a', async () => {
      await rm(join(root, 'a'), { recursive: true });
      await symlink(join(scratch, 'outside'), join(root, 'a'));
    });
    expect(seen).toEqual(['directory ', 'directory a', 'problem a']);
  });

  it('does not enter a directory that takes the place of another', async () => {
    await mkdir(join(root, 'a'));
    await mkdir(join(scratch, 'outside'));
    await writeFile(join(scratch, 'outside/secret'), 'secret');
    const seen = await changeAt('a', () => rename(join(scratch, 'outside'), join(root, 'a')));
    expect(seen).toEqual(['directory ', 'directory a', 'problem a']);
  });

  it('stays in the directory that it reads where that is moved and a link takes its place', async () => {
    await mkdir(join(scratch, 'outside'));
    await writeFile(join(scratch, 'outside/file'), 'wrong');
    await mkdir(join(root, 'a'));
    await writeFile(join(root, 'a/file'), 'right');
    const { bytes, rest } = await readAfter('a/file', async () => {
      await rename(join(root, 'a'), join(scratch, 'moved'));
      await symlink(join(scratch, 'outside'), join(root, 'a'));
    });
    expect(bytes.toString()).toBe('right');
    expect(rest).toEqual([]);
  });
});

describe('limits of walkDirectory', () => {
  it.each([
    ['entries', { entries: 2 }],
    ['nameBytes', { nameBytes: 100 }],
    ['totalBytes', { totalBytes: 3 }],
    ['linkTextBytes', { linkTextBytes: 1 }],
  ])('ends the walk past limit %s and leaves nothing open', async (name, limits) => {
    await writeFile(join(root, 'a1'), 'body');
    await link(join(root, 'a1'), join(root, 'a2'));
    await mkdir(join(root, 'b'.repeat(60)));
    await writeFile(join(root, 'b'.repeat(60), 'c'), 'body');
    const walking = (async () => {
      for await (const event of walkDirectory(root, { limits }))
        if (event.kind === 'file') await readAll(event.content);
    })();
    await expect(walking).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', message: expect.stringContaining(name) });
    expect(openHere()).toEqual([]);
  });

  it('has one default for every limit, and a test for each', () => {
    const ending = ['entries', 'nameBytes', 'totalBytes', 'linkTextBytes'];
    // The last one in the tests of overlay layers.
    const others = ['pathDepth', 'pathBytes', 'attributeBytes'];
    expect(Object.keys(directoryLimits).sort()).toEqual([...ending, ...others].sort());
  });

  it('reports what lies too deep or has too long a path, and goes on', async () => {
    await mkdir(join(root, 'a/b/c/d'), { recursive: true });
    await symlink('target-that-is-long', join(root, 'l'));
    await writeFile(join(root, 'z'), '');
    expect(await short({ limits: { pathDepth: 2, pathBytes: 10 } })).toEqual([
      ...['directory ', 'directory a', 'directory a/b', 'problem a/b/c', 'problem l', 'file z'],
    ]);
  });

  it('walks deeper than any path can be long', async () => {
    const chain = Array<string>(15).fill('n'.repeat(200)).join('/');
    await mkdir(join(root, chain), { recursive: true });
    await mkdir(join(scratch, chain), { recursive: true });
    await rename(join(scratch, 'n'.repeat(200)), join(root, chain, 'n'.repeat(200)));
    const limits = { pathBytes: 10_000 };
    expect(await short({ limits })).toHaveLength(31);
  });
});

describe('leaving walkDirectory', () => {
  beforeEach(async () => {
    await mkdir(join(root, 'a/b/c'), { recursive: true });
    await writeFile(join(root, 'a/b/c/file'), Buffer.alloc(600_000));
  });

  it('closes every handle when the loop is left, also inside a file', async () => {
    for await (const event of walkDirectory(root)) {
      if (event.kind !== 'file') continue;
      await event.content.peek(1);
      expect(openHere()).toHaveLength(5);
      break;
    }
    expect(openHere()).toEqual([]);
  });

  it('closes every handle at the end', async () => {
    for await (const event of walkDirectory(root)) if (event.kind === 'file') await event.content.peek(1);
    expect(openHere()).toEqual([]);
  });

  it('rejects with the reason of an abort, between events and inside a file', async () => {
    const reason = new Error('enough');
    for (const path of ['a/b', 'a/b/c/file']) {
      const controller = new AbortController();
      const walking = (async () => {
        for await (const event of walkDirectory(root, { signal: controller.signal })) {
          if (event.path === path) controller.abort(reason);
          if (event.kind === 'file') await readAll(event.content);
        }
      })();
      await expect(walking).rejects.toBe(reason);
      expect(openHere()).toEqual([]);
    }
    await expect(collect(walkDirectory(root, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  });
});
