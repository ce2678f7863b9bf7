import { lstatSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileView, indexLayer, type LayerIndex, mergeLayers, walkLayer } from '@falcon-iar/layer-extract';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackLayer } from '../support/overlay-layer.ts';
import { entryAt, followPaths, mountOverlay, readTree, writeOverlayMarkers } from '../support/overlay-mount.ts';
import { knownPaths, type LayerItem, type LayerStackItems, layerStacks } from '../support/overlay-stacks.ts';
import { canRun } from '../support/required-tools.ts';

const runnable = canRun('comparison with overlayfs', ['tar', 'perl'], { root: true });
const seed = 20_261_122;
const stackCount = 500;
const layerCount = 5;

/** A random stack of layers, on the kernel's side and on ours. */
interface Comparison {
  readonly root: string;
  readonly items: LayerStackItems;
  readonly indexes: readonly LayerIndex[];
  readonly tree: ReadonlyMap<string, string>;
  readonly view: FileView;
}

async function indexOf(items: readonly LayerItem[]): Promise<LayerIndex> {
  const tar = pack();
  for (const item of items) tar.entry({ ...item }, '');
  tar.finalize();
  const bytes = tar as AsyncIterable<Uint8Array>;
  const layer = indexLayer(walkLayer({ mediaType: 'application/vnd.oci.image.layer.v1.tar', open: () => bytes }));
  for await (const event of layer.events) {
    // What an opaque root does is told as a problem as well; any other means that the generator made an odd archive.
    if (event.kind === 'problem') expect(event.reason).toContain('the image root is marked opaque');
  }
  return layer.index();
}

/** The text of every visible symbolic link; a hard link to one is one as well. */
function symlinksOf(indexes: readonly LayerIndex[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { path, kind, target, layer } of mergeLayers(indexes).links()) {
    if (kind === 'symlink') {
      texts.set(path, target);
      continue;
    }
    const isOwn = mergeLayers(indexes.slice(layer, layer + 1)).exists(target);
    const own = indexes[layer]?.links.find((link) => link.path === target && link.kind === 'symlink');
    const text = isOwn ? own?.target : symlinksOf(indexes.slice(0, layer)).get(target);
    if (text !== undefined) texts.set(path, text);
  }
  return texts;
}

/** How a view looks at a path, in the form that the kernel's tree is read in. */
function nodeIn(view: FileView, path: string, symlinks: ReadonlyMap<string, string>): string | undefined {
  if (!view.exists(path)) return undefined;
  const text = symlinks.get(path);
  if (text !== undefined) return `-> ${text}`;
  const found = view.resolve(path);
  if (found === undefined) return 'nothing';
  return found.directory ? 'directory' : `${found.layer} ${found.path}`;
}

function inShort(items: LayerStackItems): string {
  const arrows = { file: '', directory: '', symlink: ' -> ', link: ' => ' };
  return JSON.stringify(
    items.map((layer) => layer.map(({ name, type, linkname = '' }) => `${name}${arrows[type]}${linkname}`)),
  );
}

/** Paths to follow: what there is and is not, with the turns that paths can take. */
function queriesOf(tree: ReadonlyMap<string, string>): string[] {
  const all = [...new Set([...tree.keys(), ...knownPaths])];
  return all.flatMap((path, index) => {
    const other = all[(index * 7 + 3) % all.length]!;
    return [path, `${path}/`, `${path}/../${other}`, `../${path}/./${other}`];
  });
}

describe.runIf(runnable)('layers as overlayfs shows them', () => {
  const stacks: readonly LayerStackItems[] = runnable ? fc.sample(layerStacks, { seed, numRuns: stackCount }) : [];
  const unpacked: LayerItem[][][] = stacks.map(() => []);
  const mounts: AsyncDisposable[] = [];
  let scratch = '';
  let merged = '';
  let comparisons: readonly Comparison[] = [];

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-overlay-'));
    // Each stack is a directory of one big stack: five mounts do for all.
    const lower = [join(scratch, 'nothing'), join(scratch, 'nothing-either')];
    for (const directory of lower) mkdirSync(directory);
    for (const number of stacks.keys()) mkdirSync(join(scratch, 'nothing', `${number}`));
    for (let layer = 0; layer <= layerCount; layer++) {
      merged = join(scratch, `merged-${layer}`);
      mounts.push(await mountOverlay(lower, merged));
      if (layer < layerCount) lower.push(await unpackAll(layer));
    }
    comparisons = await Promise.all(stacks.map((_, number) => compare(number)));
  });

  afterAll(async () => {
    for (const mount of mounts.reverse()) await mount[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true, force: true });
  });

  async function unpackAll(layer: number): Promise<string> {
    const directory = join(scratch, `layer-${layer}`);
    const markers = { whiteouts: [] as string[], opaque: [] as string[] };
    mkdirSync(directory);
    for (const [number, stack] of stacks.entries()) {
      const own = join(directory, `${number}`);
      mkdirSync(own);
      const { items, whiteouts, opaque } = unpackLayer(stack[layer] ?? [], own, layer, join(merged, `${number}`));
      unpacked[number]!.push([...items]);
      markers.whiteouts.push(...whiteouts.map((path) => join(`${number}`, path)));
      markers.opaque.push(...opaque.map((path) => join(`${number}`, path)));
    }
    await writeOverlayMarkers(directory, markers);
    return directory;
  }

  async function compare(number: number): Promise<Comparison> {
    const items = unpacked[number]!;
    const indexes = await Promise.all(items.map(indexOf));
    const root = join(merged, `${number}`);
    return { root, items, indexes, tree: readTree(root), view: mergeLayers(indexes) };
  }

  it('shows the same trees, and of each file the same version', () => {
    for (const { items, indexes, tree, view } of comparisons) {
      const symlinks = symlinksOf(indexes);
      const written = items.flat().map(({ name }) => name.replace(/\/$/, ''));
      const paths = new Set([...tree.keys(), ...knownPaths, ...written]);
      const ours = Array.from(paths, (path) => [path, nodeIn(view, path, symlinks)] as const);
      const shown = Object.fromEntries(ours.filter(([, node]) => node !== undefined));
      expect(shown, inShort(items)).toEqual(Object.fromEntries(tree));
    }
    // The generator must not have been refused most of what makes layers hard.
    const kinds = comparisons.flatMap(({ tree }) => [...tree.values()]);
    expect(kinds.filter((node) => node.startsWith('->')).length).toBeGreaterThan(stackCount / 2);
    expect(kinds.length).toBeGreaterThan(stackCount * 5);
  });

  it('follows paths to the same files and directories', async () => {
    const queries = comparisons.map(({ root, tree }) => ({ root, paths: queriesOf(tree) }));
    const answers = await followPaths(queries);
    let found = 0;
    for (const [number, { root, items, view }] of comparisons.entries()) {
      for (const [index, path] of queries[number]!.paths.entries()) {
        const at = view.resolve(path);
        const file = at === undefined ? '-' : `${at.layer} ${at.path}`;
        const ours = at?.directory ? `directory ${lstatSync(join(root, at.path)).ino}` : file;
        if (at !== undefined) found += 1;
        expect(ours, `${path} in ${inShort(items)}`).toBe(answers[number]![index]);
      }
    }
    expect(found).toBeGreaterThan(stackCount * 10);
  });

  it('knows every layer that wrote a path', () => {
    for (const [number, { items, tree, view }] of comparisons.entries()) {
      for (const path of [...tree.keys(), ...knownPaths]) {
        const written = items.flatMap((_, layer) => {
          const found = entryAt(join(scratch, `layer-${layer}`, `${number}`), path);
          // Whiteouts are devices; directories may be there for what lies in them alone.
          return found?.isFile() || found?.isSymbolicLink() ? [layer] : [];
        });
        const history = Array.from(view.history(path), ({ layer }) => layer);
        expect(history, `${path} in ${inShort(items)}`).toEqual(expect.arrayContaining(written));
      }
    }
  });
});
