import { entryBytes, entryFlags, type LayerIndex, type LayerLink } from '../layer-index/layer-index.ts';
import type { PathKey } from '../layer-index/path-key.ts';

/** What a layer has at a path. */
export type EntryType = 'directory' | 'implied' | 'other';

/** One layer's index, ready for questions. */
export class LayerTree {
  readonly links: readonly LayerLink[];
  /** Paths removed below this layer. */
  readonly whiteouts: ReadonlySet<string>;
  /** Directories whose content below this layer is removed. */
  readonly opaque: ReadonlySet<string>;
  readonly #view: DataView;
  readonly #count: number;

  constructor(index: LayerIndex) {
    const { entries } = index;
    this.links = index.links;
    this.whiteouts = new Set(index.whiteouts);
    this.opaque = new Set(index.opaque);
    this.#view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
    this.#count = entries.byteLength / entryBytes;
  }

  /** What the layer writes at the path of `key`. */
  find(key: PathKey): EntryType | undefined {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.#compare(middle * entryBytes, key);
      if (order === 0) return entryType(this.#view.getUint8(middle * entryBytes + entryBytes - 1));
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /** The link that the layer writes at `path`. */
  linkAt(path: string): LayerLink | undefined {
    let low = 0;
    let high = this.links.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const link = this.links[middle]!;
      if (link.path === path) return link;
      if (link.path < path) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  #compare(offset: number, key: PathKey): number {
    for (let word = 0; word < 3; word++) {
      const difference = this.#view.getUint32(offset + word * 4) - key[word]!;
      if (difference !== 0) return difference;
    }
    return (this.#view.getUint32(offset + 12) >>> 2) - (key[3] >>> 2);
  }
}

function entryType(lastByte: number): EntryType {
  if ((lastByte & entryFlags.implied) !== 0) return 'implied';
  return (lastByte & entryFlags.directory) !== 0 ? 'directory' : 'other';
}
