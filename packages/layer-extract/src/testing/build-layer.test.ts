import { createHash } from 'node:crypto';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { walkLayer } from '../event/walk-layer.ts';
import { collect, readAll } from '../layer.test-support.ts';
import { buildLayer, type LayerFormat } from './build-layer.ts';
import { device, directory, fifo, file, hardlink, opaque, symlink, whiteout } from './layer-entry.ts';
import { buildTar } from './write-tar.ts';

const long = `${'deep/'.repeat(30)}file`;
const entries = [
  directory('etc', { mode: 0o700, uid: 1, gid: 2, mtime: 1_700_000_000 }),
  file('etc/os-release', 'ID=debian\n', { xattrs: { 'user.note': 'grün' } }),
  file(long, 'x'.repeat(70_000), { uid: 3_000_000, mtime: 1.5 }),
  symlink('lib', `usr/${long}`),
  hardlink('etc/copy', 'etc/os-release'),
  device('dev/null', { kind: 'character', major: 1, minor: 3 }),
  fifo('run/pipe'),
  whiteout('tmp/old'),
  whiteout('gone'),
  opaque('var'),
  opaque(''),
];
const formats: readonly LayerFormat[] = ['none', 'gzip', 'gzip-members', 'zstd', 'estargz', 'stargz', 'zstd:chunked'];

describe('buildTar', () => {
  it('writes what tar-stream reads, fields that do not fit the header included', async () => {
    const unpack = extract();
    unpack.end(buildTar(entries));
    const seen: Record<string, unknown>[] = [];
    for await (const entry of unpack) {
      seen.push({ ...entry.header, content: (await readAll(entry as AsyncIterable<Uint8Array>)).toString() });
    }
    expect(seen).toMatchObject([
      { name: 'etc/', type: 'directory', mode: 0o700, uid: 1, gid: 2, mtime: new Date(1_700_000_000_000) },
      { name: 'etc/os-release', content: 'ID=debian\n', pax: { 'SCHILY.xattr.user.note': 'grün' } },
      { name: long, size: 70_000, pax: { uid: '3000000', mtime: '1.5' } },
      { name: 'lib', type: 'symlink', linkname: `usr/${long}`, mode: 0o777 },
      { name: 'etc/copy', type: 'link', linkname: 'etc/os-release' },
      { name: 'dev/null', type: 'character-device', devmajor: 1, devminor: 3 },
      { name: 'run/pipe', type: 'fifo' },
      { name: 'tmp/.wh.old', size: 0 },
      { name: '.wh.gone' },
      { name: 'var/.wh..wh..opq' },
      { name: '.wh..wh..opq' },
    ]);
  });
});

describe('buildLayer', () => {
  it('gives the same layer in every format', async () => {
    for (const format of formats) {
      const layer = buildLayer(entries, { format, chunkSize: 20_000 });
      const events = [];
      for await (const event of walkLayer(layer)) {
        const content = event.kind === 'file' ? (await readAll(event.content)).toString() : undefined;
        if (event.path !== 'stargz.index.json') events.push([event.kind, event.path, content]);
      }
      expect(events, format).toEqual([
        ['directory', 'etc', undefined],
        ['file', 'etc/os-release', 'ID=debian\n'],
        ['file', long, 'x'.repeat(70_000)],
        ['symlink', 'lib', undefined],
        ['hardlink', 'etc/copy', undefined],
        ['special', 'dev/null', undefined],
        ['special', 'run/pipe', undefined],
        ['whiteout', 'tmp/old', undefined],
        ['whiteout', 'gone', undefined],
        ['opaque', 'var', undefined],
        ['opaque', '', undefined],
        // Runtimes on overlayfs show what lower layers have.
        ['problem', '.wh..wh..opq', undefined],
      ]);
    }
  });

  it('states digests, size and ranges of the bytes it has', async () => {
    const layer = buildLayer(entries, { format: 'none' });
    const digest = `sha256:${createHash('sha256').update(layer.bytes).digest('hex')}`;
    expect(layer).toMatchObject({ digest, diffId: digest, size: layer.bytes.byteLength, annotations: {} });
    expect(await readAll(layer.open())).toEqual(layer.bytes);
    expect(await readAll(layer.readRange(5, 70_000))).toEqual(layer.bytes.subarray(5, 70_000));
    expect((await collect(layer.readRange(0, layer.size))).length).toBeGreaterThan(1);
  });

  it('annotates the seekable formats, and lets a test write the table itself', async () => {
    const honest = buildLayer(entries, { format: 'estargz' });
    const edited = buildLayer(entries, {
      format: 'estargz',
      editToc: (rows) => ({ version: 1, entries: rows.slice(1) }),
    });
    expect(Object.keys(honest.annotations)).toEqual(['containerd.io/snapshot/stargz/toc.digest']);
    expect(edited.annotations).not.toEqual(honest.annotations);
    expect(honest.bytes.subarray(-51).toString('latin1')).toMatch(/[0-9a-f]{16}STARGZ/);
  });
});
