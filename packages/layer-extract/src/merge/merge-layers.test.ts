import { describe, expect, it } from 'vitest';
import type { LayerBlob } from '../blob/layer-blob.ts';
import { walkLayer } from '../event/walk-layer.ts';
import { collect } from '../layer.test-support.ts';
import { indexLayer } from '../layer-index/index-layer.ts';
import type { LayerIndex } from '../layer-index/layer-index.ts';
import type { IndexedEvent } from '../layer-index/layer-index-builder.ts';
import { buildLayer } from '../testing/build-layer.ts';
import { directory, file, whiteout } from '../testing/layer-entry.ts';
import type { FileView } from './file-view.ts';
import { type MergeOptions, mergeLayers } from './merge-layers.ts';

/**
 * A layer in short: `dir/` is a directory, `-path` a whiteout, `~dir` an opaque directory, `a -> b` a symbolic and
 * `a => b` a hard link, anything else a file.
 */
function eventOf(text: string): IndexedEvent {
  const [path, arrow, target] = text.split(' ');
  if (arrow === '->') return { kind: 'symlink', path: path!, target: target! };
  if (arrow === '=>') return { kind: 'hardlink', path: path!, target: target! };
  if (text.startsWith('-')) return { kind: 'whiteout', path: text.slice(1) };
  if (text.startsWith('~')) return { kind: 'opaque', path: text.slice(1) };
  return text.endsWith('/') ? { kind: 'directory', path: text.slice(0, -1) } : { kind: 'file', path: text };
}

async function layerOf(...texts: string[]): Promise<LayerIndex> {
  async function* events(): AsyncGenerator<IndexedEvent> {
    yield* texts.map(eventOf);
  }
  const layer = indexLayer(events());
  await collect(layer.events);
  return layer.index();
}

async function indexOf(layer: LayerBlob): Promise<LayerIndex> {
  const indexed = indexLayer(walkLayer(layer));
  await collect(indexed.events);
  return indexed.index();
}

async function viewOf(layers: readonly string[][], options?: MergeOptions): Promise<FileView> {
  return mergeLayers(await Promise.all(layers.map((layer) => layerOf(...layer))), options);
}

describe('visibility', () => {
  it('shows the highest version of a path', async () => {
    const view = await viewOf([['a', 'b'], ['a'], ['c']]);
    expect(['a', 'b', 'c', 'd'].map((path) => view.layerOf(path))).toEqual([1, 0, 2, undefined]);
  });

  it('hides what a higher layer removes, with all below it', async () => {
    const view = await viewOf([['d/', 'd/a', 'd/s/b', 'e'], ['-d']]);
    expect(['d', 'd/a', 'd/s', 'd/s/b', 'e'].filter((path) => view.exists(path))).toEqual(['e']);
  });

  it('shows again what a still higher layer writes', async () => {
    const view = await viewOf([['d/a', 'd/b'], ['-d'], ['d/', 'd/b']]);
    expect(view.exists('d/a')).toBe(false);
    expect(view.layerOf('d/b')).toBe(2);
  });

  it('hides what lies below an opaque directory, not the directory', async () => {
    const view = await viewOf([['d/', 'd/a', 'd/s/b'], ['~d']]);
    expect(view.exists('d/a')).toBe(false);
    expect(view.exists('d/s/b')).toBe(false);
    expect(view.layerOf('d')).toBe(0);
  });

  it('hides everything below an opaque root', async () => {
    const view = await viewOf([
      ['a', 'd/b'],
      ['~', 'c'],
    ]);
    expect(['a', 'd', 'd/b', 'c'].filter((path) => view.exists(path))).toEqual(['c']);
  });

  it.each([[['-d', '~d', 'd/', 'd/new']], [['d/new', 'd/', '~d', '-d']]])(
    'never lets a marker touch its own layer: %j',
    async (layer) => {
      const view = await viewOf([['d/', 'd/old'], layer]);
      expect(view.layerOf('d/new')).toBe(1);
      expect(view.exists('d/old')).toBe(false);
    },
  );

  it.each([
    ['in front of it', [whiteout('d'), directory('d'), file('d/new')]],
    ['behind it', [directory('d'), file('d/new'), whiteout('d')]],
    ['between the directory and what lies in it', [directory('d'), whiteout('d'), file('d/new')]],
    ['in front of a file in it, without an entry of its own', [whiteout('d'), file('d/new')]],
  ])(
    'removes a directory of the layers below that the same archive makes anew, the whiteout %s',
    async (_, entries) => {
      const lower = [directory('d'), directory('d/s'), file('d/s/old'), file('d/new', 'old')];
      const indexes = await Promise.all([lower, entries].map((layer) => indexOf(buildLayer(layer))));
      const view = mergeLayers(indexes);
      expect(view.resolve('d')).toEqual({ path: 'd', layer: 1, directory: true });
      expect(view.resolve('d/new')).toEqual({ path: 'd/new', layer: 1, directory: false });
      expect(['d/s', 'd/s/old'].filter((path) => view.exists(path))).toEqual([]);
      expect([...view.history('d/new')].map(({ layer }) => layer)).toEqual([0, 1]);
    },
  );

  it('hides what lay below a directory that became a file or a link', async () => {
    for (const replaced of ['d', 'd -> e']) {
      const view = await viewOf([['d/', 'd/a'], [replaced]]);
      expect(view.exists('d/a')).toBe(false);
      expect(view.layerOf('d')).toBe(1);
    }
  });

  it('hides a file that became a directory', async () => {
    const view = await viewOf([['d'], ['d/', 'd/a']]);
    expect(view.layerOf('d')).toBe(1);
    expect(view.resolve('d/a')).toMatchObject({ path: 'd/a', layer: 1 });
  });

  it('merges directories', async () => {
    const view = await viewOf([
      ['d/', 'd/a'],
      ['d/', 'd/b'],
    ]);
    expect([view.layerOf('d'), view.layerOf('d/a'), view.layerOf('d/b')]).toEqual([1, 0, 1]);
  });

  it('shows directories that are only parents, also where only a marker lies in them', async () => {
    const view = await viewOf([['opt/c', '-srv/gone', '~var/lib']]);
    expect(view.layerOf('opt')).toBe(0);
    expect(['opt', 'srv', 'srv/gone', 'var', 'var/lib'].filter((path) => view.exists(path))).toEqual([
      'opt',
      'srv',
      'var',
      'var/lib',
    ]);
  });

  it('puts a directory in the place of a link or file of a lower layer that an entry lies below', async () => {
    const view = await viewOf([
      ['lib -> usr/lib', 'usr/lib/a', 'f'],
      ['lib/b', '-f/x'],
    ]);
    expect(view.resolve('lib/b')).toEqual({ path: 'lib/b', layer: 1, directory: false });
    expect(view.resolve('lib/a')).toBeUndefined();
    expect(view.resolve('f')).toEqual({ path: 'f', layer: 1, directory: true });
    expect([...view.links()]).toEqual([]);
  });

  it('writes through a link of the same layer', async () => {
    const view = await viewOf([['usr/lib/a'], ['lib -> usr/lib', 'lib/b', '-lib/a']]);
    expect(view.resolve('lib/b')).toEqual({ path: 'usr/lib/b', layer: 1, directory: false });
    expect(view.exists('usr/lib/a')).toBe(false);
  });

  it('has a root without any layer', async () => {
    const view = await viewOf([]);
    expect([view.exists(''), view.exists('a'), view.layerOf(''), view.resolve('')]).toEqual([
      true,
      false,
      undefined,
      undefined,
    ]);
  });
});

describe('resolve', () => {
  it('follows links in every component, relative and absolute, across layers', async () => {
    const view = await viewOf([
      ['usr/lib/x.so', 'lib -> usr/lib'],
      ['opt/current -> /opt/v1', 'opt/v1/lib -> ../../lib', 'abs -> /lib/x.so'],
    ]);
    const found = { path: 'usr/lib/x.so', layer: 0 };
    for (const path of ['lib/x.so', '/lib/x.so', 'opt/current/lib/x.so', 'abs', './lib//./x.so', 'opt/../abs']) {
      expect(view.resolve(path), path).toMatchObject(found);
    }
  });

  it('says whether the path leads to a directory', async () => {
    const view = await viewOf([['usr/lib/', 'usr/lib/x', 'lib -> usr/lib', 'x -> lib/x', 'here -> .', 'top -> /']]);
    expect(view.resolve('lib/')).toEqual({ path: 'usr/lib', layer: 0, directory: true });
    expect(view.resolve('usr')).toEqual({ path: 'usr', layer: 0, directory: true });
    expect(view.resolve('here')).toEqual({ path: '', layer: 0, directory: true });
    expect(view.resolve('usr/../top')).toEqual({ path: '', layer: 0, directory: true });
    expect(view.resolve('x')).toEqual({ path: 'usr/lib/x', layer: 0, directory: false });
  });

  it('goes up from where a link led, not from where it stood', async () => {
    const view = await viewOf([['a/link -> /b/c', 'b/c/x', 'b/y', 'a/y']]);
    expect(view.resolve('a/link/../y')).toMatchObject({ path: 'b/y', layer: 0 });
  });

  it('never leaves the root: above it is the root again', async () => {
    const view = await viewOf([['out -> ../../etc/passwd', 'etc/passwd', 'dir/out -> ../../x']]);
    for (const path of ['out', 'etc/../../etc/passwd', '../etc/passwd'])
      expect(view.resolve(path), path).toMatchObject({ path: 'etc/passwd' });
    expect(view.resolve('..')).toMatchObject({ path: '', directory: true });
    expect(view.resolve('dir/out')).toBeUndefined();
  });

  it('goes nowhere from a file', async () => {
    const view = await viewOf([['f', 'd/x', 'l -> f/', 'ok -> d/']]);
    for (const path of ['f/', 'f/.', 'f/..', 'f/../f', 'f/x', 'l']) expect(view.resolve(path), path).toBeUndefined();
    expect(view.resolve('ok')).toMatchObject({ path: 'd', directory: true });
  });

  it('finds nothing at the end of a loop, a dangling link, or more links than allowed', async () => {
    const view = await viewOf([['a -> b', 'b -> a', 'c -> gone', 'self -> self/x']]);
    for (const path of ['a', 'c', 'self', 'gone']) expect(view.resolve(path)).toBeUndefined();
    const chain = Array.from({ length: 41 }, (_, index) => `l${index} -> l${index + 1}`);
    const chained = await viewOf([[...chain, 'l41']]);
    expect(chained.resolve('l1')).toMatchObject({ path: 'l41', layer: 0 });
    expect(chained.resolve('l0')).toBeUndefined();
    expect((await viewOf([[...chain, 'l41']], { limits: { linkDepth: 100 } })).resolve('l0')).toBeDefined();
  });

  it('follows a hard link to the entry with the content, in its layer', async () => {
    const view = await viewOf([['a', 'b => a', 'c => b', 'dir -> d', 'd/e => a']]);
    for (const path of ['a', 'b', 'c', 'dir/e']) expect(view.resolve(path)).toMatchObject({ path: 'a', layer: 0 });
  });

  it('follows a hard link to what lower layers showed then, though it is hidden now', async () => {
    const view = await viewOf([['a'], ['a'], ['b => a'], ['-a'], ['a']]);
    expect(view.resolve('b')).toMatchObject({ path: 'a', layer: 1 });
    expect(view.layerOf('a')).toBe(4);
  });

  it('takes a hard link to a symbolic link for that link', async () => {
    const view = await viewOf([['x', 's/l -> y', 's/y', 'h => s/l', 'y']]);
    expect(view.resolve('h')).toMatchObject({ path: 'y', layer: 0 });
  });

  it('finds nothing behind a hard link without a target, or in a circle', async () => {
    const view = await viewOf([['a => gone', 'b => c', 'c => b', 'd => d']]);
    for (const path of ['a', 'b', 'd']) expect(view.resolve(path)).toBeUndefined();
  });
});

describe('lists of a view', () => {
  it('gives visible links by layer and path', async () => {
    const view = await viewOf([
      ['b -> x', 'a => x', 'hidden -> x', 'x'],
      ['-hidden', 'c -> x'],
    ]);
    expect([...view.links()]).toEqual([
      { path: 'a', layer: 0, kind: 'hardlink', target: 'x' },
      { path: 'b', layer: 0, kind: 'symlink', target: 'x' },
      { path: 'c', layer: 1, kind: 'symlink', target: 'x' },
    ]);
  });

  it('gives every removal', async () => {
    const view = await viewOf([['a'], ['-a', '~d'], ['-never']]);
    expect([...view.whiteouts()]).toEqual([
      { path: 'a', layer: 1, opaque: false, disputed: false },
      { path: 'd', layer: 1, opaque: true, disputed: false },
      { path: 'never', layer: 2, opaque: false, disputed: false },
    ]);
  });

  it('says where a removal is lost because its own layer makes the directory anew', async () => {
    const disputed = async (...layers: readonly string[][]): Promise<boolean[]> =>
      Array.from((await viewOf(layers)).whiteouts(), (removal) => removal.disputed);
    expect(await disputed(['d/a'], ['-d', 'd/b'])).toEqual([true]);
    expect(await disputed(['d/'], ['x'], ['d/', '-d'])).toEqual([true]);
    expect(await disputed(['d'], ['-d', 'd/b'])).toEqual([false]);
    expect(await disputed(['d/a'], ['-d', 'd'])).toEqual([false]);
    expect(await disputed(['d/a'], ['-d'], ['d/b'])).toEqual([false]);
    expect(await disputed(['x'], ['-d', 'd/b'])).toEqual([false]);
    expect(await disputed(['d/a'], ['-d'], ['-d', 'd/b'])).toEqual([false, false]);
  });

  it('gives the history of a path, hidden versions too, selected or not', async () => {
    const view = await viewOf([['d/a'], ['-d'], ['d/a'], ['b'], ['d/a -> x', 'd/']]);
    expect([...view.history('d/a')]).toEqual([0, 2, 4].map((layer) => ({ path: 'd/a', layer })));
    expect([...view.history('d')]).toEqual([{ path: 'd', layer: 4 }]);
  });

  it('lists selected paths and links that are visible directly in a directory', async () => {
    const view = await viewOf(
      [
        ['d/b', 'd/a', 'd/other', 'd/gone', 'd/deep/x', 'd/changed', 'd/l -> a', 'top'],
        ['-d/gone', 'd/changed', 'd/c'],
      ],
      { paths: [new Set(['d/b', 'd/a', 'd/gone', 'd/deep/x', 'd/changed', 'top', '']), ['d/c', 'd/b'].values()] },
    );
    expect([...view.children('d')]).toEqual(['d/a', 'd/b', 'd/c', 'd/l']);
    expect([...view.children('')]).toEqual(['top']);
    expect([...view.children('d/deep')]).toEqual(['d/deep/x']);
    expect([...view.children('nowhere')]).toEqual([]);
  });

  it('lists selected directories', async () => {
    const view = await viewOf([['d/', 'd/s/'], ['d/s/']], { paths: [['d/s']] });
    expect([...view.children('d')]).toEqual(['d/s']);
  });
});
