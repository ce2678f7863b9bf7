import { basename } from 'node:path';
import { type FileView, indexLayer, type LayerIndex, mergeLayers, walkLayer } from '@falcon-iar/layer-extract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Containerd, startContainerd } from '../support/containerd.ts';
import { packItems, unpackedTree } from '../support/containerd-tree.ts';
import { disputedStacks, layerStackCases } from '../support/layer-stacks.ts';
import type { LayerStackItems } from '../support/overlay-stacks.ts';
import { canRun } from '../support/required-tools.ts';

const runnable = canRun('comparison with containerd', ['containerd', 'ctr', 'tar', 'findmnt'], { root: true });

interface MergedStack {
  readonly view: FileView;
  /** Every path that a layer writes, and those above it. */
  readonly written: readonly string[];
  readonly problems: number;
}

async function merged(stack: LayerStackItems): Promise<MergedStack> {
  let problems = 0;
  const indexes: LayerIndex[] = [];
  const written = new Set<string>();
  for (const [layer, items] of stack.entries()) {
    const bytes = packItems(items, layer);
    const blob = { mediaType: 'application/vnd.oci.image.layer.v1.tar', open: () => bytes };
    const indexed = indexLayer(walkLayer(blob));
    for await (const { kind, path } of indexed.events) {
      if (kind === 'problem') problems += 1;
      for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) written.add(at);
    }
    indexes.push(indexed.index());
  }
  return { view: mergeLayers(indexes), written: [...written], problems };
}

/** A view's tree in the form that the kernel's is read in. */
async function treeOf(stack: LayerStackItems): Promise<Record<string, string>> {
  const { view, written } = await merged(stack);
  const links = new Map([...view.links()].map((link) => [link.path, link]));
  const node = (path: string): string => {
    const link = links.get(path);
    const origin = link?.kind === 'hardlink' ? links.get(link.target) : link;
    if (origin?.kind === 'symlink') return `-> ${origin.target}`;
    const found = view.resolve(path);
    if (found === undefined) return 'nothing';
    return found.directory ? 'directory' : `${found.layer} ${basename(found.path)}`;
  };
  return Object.fromEntries(written.filter((path) => view.exists(path)).map((path) => [path, node(path)]));
}

describe.runIf(runnable)('layers as containerd unpacks them', () => {
  let containerd: Containerd;
  let images = 0;

  beforeAll(async () => {
    containerd = await startContainerd();
  });

  afterAll(async () => {
    await containerd?.[Symbol.asyncDispose]();
  });

  async function unpacked(stack: LayerStackItems): Promise<Record<string, string> | string> {
    images += 1;
    const tree = await unpackedTree(containerd, stack, `stack-${images}`);
    return typeof tree === 'string' ? tree : Object.fromEntries(tree);
  }

  it.each(Object.entries(layerStackCases))('show the same tree: %s', async (_, stack) => {
    expect(await treeOf(stack)).toEqual(await unpacked(stack));
  });

  it.each(Object.entries(disputedStacks))(
    'follow the specification where containerd does not: %s',
    async (_, stack) => {
      expect(await treeOf(stack.layers)).toEqual(stack.specified);
      const theirs = await unpacked(stack.layers);
      if (stack.unpacked instanceof RegExp) expect(theirs).toMatch(stack.unpacked);
      else expect(theirs).toEqual(stack.unpacked);
    },
  );

  it.each(Object.entries(disputedStacks).filter(([, { unpacked }]) => !(unpacked instanceof RegExp)))(
    'tell where a container of containerd has more than the specification says: %s',
    async (_, { layers }) => {
      const { view, problems } = await merged(layers);
      expect(problems + Array.from(view.whiteouts()).filter(({ disputed }) => disputed).length).toBeGreaterThan(0);
    },
  );
});
