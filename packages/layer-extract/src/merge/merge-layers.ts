import { type ExtractLimits, withDefaultLimits } from '../extract-limits.ts';
import type { LayerIndex } from '../layer-index/layer-index.ts';
import type { FileLocation, FileView, ViewLink, ViewWhiteout } from './file-view.ts';
import { LayerStack } from './layer-stack.ts';
import { resolvePath } from './resolve-path.ts';
import { SelectedPaths } from './selected-paths.ts';

/** Options of {@link mergeLayers}. */
export interface MergeOptions {
  /** For each layer, the paths whose content was selected: `children` lists them. Indexes hold no names to list. */
  readonly paths?: Iterable<Iterable<string>>;
  /** Only `linkDepth` is looked at. */
  readonly limits?: Partial<ExtractLimits>;
}

/**
 * The file system that a stack of layers makes, lowest layer first. Costs no more than the indexes themselves; every
 * question is answered by looking at them from the top.
 */
export function mergeLayers(indexes: Iterable<LayerIndex>, options: MergeOptions = {}): FileView {
  const { linkDepth } = withDefaultLimits(options.limits);
  const stack = new LayerStack(indexes);
  const selected = new SelectedPaths(stack, options.paths ?? []);
  return {
    exists: (path) => path === '' || stack.versionOf(path) !== undefined,
    resolve: (path) => resolvePath(stack, path, linkDepth),
    layerOf: (path) => stack.versionOf(path)?.layer,
    children: (directory) => selected.childrenOf(directory),
    history: (path) => stack.layersWith(path).map((layer): FileLocation => ({ path, layer })),
    links: () => visibleLinks(stack),
    whiteouts: () => removals(stack),
  };
}

function* visibleLinks(stack: LayerStack): Generator<ViewLink, void, void> {
  for (const [layer, { links }] of stack.trees.entries()) {
    for (const { path, kind, target } of links) {
      if (stack.versionOf(path)?.layer === layer) yield { path, layer, kind, target };
    }
  }
}

function* removals(stack: LayerStack): Generator<ViewWhiteout, void, void> {
  for (const [layer, { whiteouts, opaque }] of stack.trees.entries()) {
    for (const path of whiteouts) yield { path, layer, opaque: false, disputed: stack.isMadeAnew(path, layer) };
    for (const path of opaque) yield { path, layer, opaque: true, disputed: false };
  }
}
