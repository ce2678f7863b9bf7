// A program: `write DIRECTORY` makes a database of 300 MB, `read FILE` runs the cataloger on it as a scan would, with
// scratch on the disk, and prints what that took.
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { analyzeLayer } from '../../analyze/analyze-layer.ts';
import type { Scratch } from '../../analyze/scratch.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import type { LayerEvent } from '../../catalog/layer-event.ts';
import { rpmCataloger } from './cataloger.ts';
import { createRpmTables, insertHeaders } from './database/sqlite/sqlite.test-support.ts';
import type { RpmFacts } from './facts.ts';
import { packageHeader } from './header/rpm-header.test-support.ts';

const packages = 3000;
const filesEach = 300;
/** What nobody here reads, such as change logs, makes most of a real header. */
const otherBytes = 98_000;
const changelogTag = 1082;

const [verb, argument = ''] = process.argv.slice(2);
if (verb === 'write') write(argument);
else if (verb === 'read') process.stdout.write(JSON.stringify(await read(argument)));

function write(directory: string): void {
  const database = new DatabaseSync(join(directory, 'rpmdb.sqlite'));
  createRpmTables(database);
  insertHeaders(database, headers());
  database.close();
}

function* headers(): Generator<Uint8Array> {
  const changelog = Array.from({ length: otherBytes / 100 }, () => '- fixed a thing'.padEnd(99, '.'));
  for (let index = 0; index < packages; index += 1) {
    const files = Array.from({ length: filesEach }, (_, file) => `/usr/share/package${index}/d${file % 9}/file${file}`);
    const requires = index === 0 ? [] : [`package${index - 1}`, `/usr/share/package${index >> 1}/d0/file0`];
    yield packageHeader({ name: `package${index}`, files, requires, tags: [[changelogTag, changelog]] });
  }
}

async function read(path: string): Promise<object> {
  const directory = await mkdtemp(join(tmpdir(), 'falcon-iar-scratch-'));
  const began = performance.now();
  try {
    const catalogers = [rpmCataloger as Cataloger];
    const { paths, problems } = await analyzeLayer(events(path), { catalogers, scratch: scratchIn(directory) });
    const facts = paths[0]?.facts.rpm as RpmFacts | undefined;
    return {
      packages: facts?.kind === 'database' ? facts.packages.length : 0,
      problems,
      peakRss: process.resourceUsage().maxRSS * 1024,
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function* events(path: string): AsyncIterable<LayerEvent> {
  const { size } = await stat(path);
  const content = Object.assign(createReadStream(path, { highWaterMark: 256 * 1024 }), {
    peek: () => Promise.resolve(new Uint8Array(0)),
  });
  const header = { path: 'usr/lib/sysimage/rpm/rpmdb.sqlite', mode: 0o644, uid: 0, gid: 0, mtime: 0 };
  yield { kind: 'file', ...header, size, content };
}

function scratchIn(directory: string): Scratch {
  return {
    async store(content, size) {
      const handle = await open(join(directory, 'content'), 'wx+');
      for await (const chunk of content) await handle.write(chunk);
      return {
        size,
        async read(offset, length) {
          const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
          return buffer.subarray(0, bytesRead);
        },
        close: () => handle.close(),
      };
    },
  };
}
