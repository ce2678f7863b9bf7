import type { LayerIndex, LayerLink } from '../layer-index/layer-index.ts';
import { type PathKey, pathKey } from '../layer-index/path-key.ts';
import { type EntryType, LayerTree } from './layer-tree.ts';

/** The version of a path that a layer has. */
export interface Version {
  readonly layer: number;
  readonly type: EntryType;
}

/** Keys and parents of directories kept so that neighbours do not hash them again. */
const rememberedPaths = 65_536;

interface PathNames {
  readonly key: PathKey;
  /** Strict ancestors, the root first. */
  readonly ancestors: readonly string[];
}

/**
 * The rules of visibility (image-spec, layer.md; overlayfs): a path of a layer is hidden when a higher layer writes it
 * (directories merge), removes it or an ancestor, makes a strict ancestor opaque, or writes an ancestor as something
 * other than a directory. Markers of a layer never touch that layer's own entries. A directory that is only implied is
 * a directory like any other: runtimes unpack each layer by itself and do not see what is at its path below.
 */
export class LayerStack {
  readonly trees: readonly LayerTree[];
  readonly #names = new Map<string, PathNames>();

  constructor(indexes: Iterable<LayerIndex>) {
    this.trees = Array.from(indexes, (index) => new LayerTree(index));
  }

  /** The visible version of `path` in the layers below `top`, by default in all. */
  versionOf(path: string, top: number = this.trees.length): Version | undefined {
    const { key, ancestors } = this.#namesOf(path);
    let implied: Version | undefined;
    for (let layer = top - 1; layer >= 0; layer--) {
      const tree = this.trees[layer]!;
      const type = tree.find(key);
      if (type === 'implied') implied ??= { layer, type };
      else if (type !== undefined) return type === 'other' && implied !== undefined ? implied : { layer, type };
      if (this.#hidesBelow(tree, path, ancestors)) break;
    }
    return implied;
  }

  /** Every layer's own entry at `path`, oldest first. */
  layersWith(path: string): number[] {
    const { key } = this.#namesOf(path);
    return this.trees.flatMap((tree, layer) => {
      const type = tree.find(key);
      return type === undefined || type === 'implied' ? [] : [layer];
    });
  }

  /** The link of a version. */
  linkOf(path: string, version: Version): LayerLink | undefined {
    return version.type === 'other' ? this.trees[version.layer]?.linkAt(path) : undefined;
  }

  /** What one layer has at `path`. */
  typeIn(layer: number, path: string): EntryType | undefined {
    return this.trees[layer]?.find(this.#namesOf(path).key);
  }

  /** Whether `layer` has a directory at `path` where the layers below it show one too. */
  isMadeAnew(path: string, layer: number): boolean {
    return isDirectory(this.typeIn(layer, path)) && isDirectory(this.versionOf(path, layer)?.type);
  }

  #hidesBelow(tree: LayerTree, path: string, ancestors: readonly string[]): boolean {
    if (tree.whiteouts.has(path)) return true;
    return ancestors.some(
      (ancestor) =>
        tree.whiteouts.has(ancestor) ||
        tree.opaque.has(ancestor) ||
        (ancestor !== '' && tree.find(this.#namesOf(ancestor).key) === 'other'),
    );
  }

  #namesOf(path: string): PathNames {
    let names = this.#names.get(path);
    if (names === undefined) {
      names = { key: pathKey(path), ancestors: ancestorsOf(path) };
      if (this.#names.size >= rememberedPaths) this.#names.clear();
      this.#names.set(path, names);
    }
    return names;
  }
}

function isDirectory(type: EntryType | undefined): boolean {
  return type === 'directory' || type === 'implied';
}

function ancestorsOf(path: string): string[] {
  if (path === '') return [];
  const ancestors = [''];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    ancestors.push(path.slice(0, slash));
  }
  return ancestors;
}
