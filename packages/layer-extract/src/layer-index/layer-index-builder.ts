import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { EntryTable } from './entry-table.ts';
import { entryFlags, type LayerIndex, type LayerLink, layerIndexVersion } from './layer-index.ts';

/** The part of a `FileEvent` that an index is made of; events of another source fit too. */
export type IndexedEvent =
  | { readonly kind: 'file' | 'directory' | 'special' | 'whiteout' | 'opaque' | 'problem'; readonly path: string }
  | { readonly kind: 'symlink' | 'hardlink'; readonly path: string; readonly target: string };

/** Directories remembered so that they are not implied again for every file; forgetting some costs only time. */
const rememberedDirectories = 65_536;

/** Makes a {@link LayerIndex} of events, one by one. */
export class LayerIndexBuilder {
  readonly #limits: ExtractLimits;
  readonly #table = new EntryTable();
  readonly #links = new Map<string, LayerLink>();
  readonly #whiteouts = new Set<string>();
  readonly #opaque = new Set<string>();
  readonly #implied = new Set<string>();
  #textBytes = 0;

  constructor(limits: ExtractLimits) {
    this.#limits = limits;
  }

  /** Takes the next event. A later entry of the same path replaces an earlier one. */
  add(event: IndexedEvent): void {
    switch (event.kind) {
      case 'problem':
        return;
      case 'whiteout':
      case 'opaque':
        this.#countText(event.path, '');
        (event.kind === 'whiteout' ? this.#whiteouts : this.#opaque).add(event.path);
        return;
      case 'symlink':
      case 'hardlink':
        this.#addLink({ path: event.path, kind: event.kind, target: event.target });
        break;
      default:
        this.#links.delete(event.path);
    }
    this.#table.add(event.path, event.kind === 'directory' ? entryFlags.directory : 0);
    this.#implyParents(event.path);
  }

  build(): LayerIndex {
    return {
      version: layerIndexVersion,
      entries: this.#table.toBytes(),
      links: [...this.#links.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
      whiteouts: [...this.#whiteouts].sort(),
      opaque: [...this.#opaque].sort(),
    };
  }

  #addLink(link: LayerLink): void {
    this.#countText(link.path, link.target);
    this.#links.set(link.path, link);
  }

  #implyParents(path: string): void {
    for (let end = path.lastIndexOf('/'); ; end = path.lastIndexOf('/', end - 1)) {
      const parent = end < 0 ? '' : path.slice(0, end);
      if (path === '' || this.#implied.has(parent)) return;
      if (this.#implied.size >= rememberedDirectories) this.#implied.clear();
      this.#implied.add(parent);
      this.#table.add(parent, entryFlags.directory | entryFlags.implied);
      if (end < 0) return;
    }
  }

  #countText(path: string, target: string): void {
    this.#textBytes += Buffer.byteLength(path) + Buffer.byteLength(target);
    if (this.#textBytes <= this.#limits.linkTextBytes) return;
    const what = `paths and targets of links are longer than limit linkTextBytes ${this.#limits.linkTextBytes}`;
    throw new ExtractError('LIMIT_EXCEEDED', `layer index: ${what}`);
  }
}
