import type { LayerStack } from './layer-stack.ts';

/** Selected paths and links by the directory they lie in. */
export class SelectedPaths {
  readonly #stack: LayerStack;
  /** By directory and path, the layers that have it; made when first asked for. */
  #byDirectory: Map<string, Map<string, Set<number>>> | undefined;
  readonly #paths: Iterable<Iterable<string>>;

  constructor(stack: LayerStack, paths: Iterable<Iterable<string>>) {
    this.#stack = stack;
    this.#paths = paths;
  }

  /** The visible ones directly in `directory`, sorted. */
  childrenOf(directory: string): string[] {
    this.#byDirectory ??= this.#group();
    const paths = this.#byDirectory.get(directory) ?? new Map<string, Set<number>>();
    return Array.from(paths)
      .filter(([path, layers]) => this.#isVisible(path, layers))
      .map(([path]) => path)
      .sort();
  }

  /** Selected is a layer's version of a path, so that version must be the visible one. Directories merge. */
  #isVisible(path: string, layers: ReadonlySet<number>): boolean {
    const version = this.#stack.versionOf(path);
    return version !== undefined && (version.type !== 'other' || layers.has(version.layer));
  }

  #group(): Map<string, Map<string, Set<number>>> {
    const groups = new Map<string, Map<string, Set<number>>>();
    let layer = 0;
    for (const paths of this.#paths) {
      for (const path of paths) add(groups, path, layer);
      layer += 1;
    }
    for (const [index, { links }] of this.#stack.trees.entries()) {
      for (const { path } of links) add(groups, path, index);
    }
    return groups;
  }
}

function add(groups: Map<string, Map<string, Set<number>>>, path: string, layer: number): void {
  if (path === '') return;
  const directory = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const group = groups.get(directory) ?? new Map<string, Set<number>>();
  groups.set(directory, group);
  const layers = group.get(path);
  if (layers === undefined) group.set(path, new Set([layer]));
  else layers.add(layer);
}
