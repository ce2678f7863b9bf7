import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { EntryTable } from './entry-table.ts';
import { LandingPaths } from './landing-paths.ts';
import { entryFlags, type LayerIndex, layerIndexVersion } from './layer-index.ts';

/** The part of a `FileEvent` that an index is made of; events of another source fit too. */
export type IndexedEvent =
  | { readonly kind: 'file' | 'directory' | 'special' | 'whiteout' | 'opaque' | 'problem'; readonly path: string }
  | { readonly kind: 'symlink' | 'hardlink'; readonly path: string; readonly target: string };

/** Directories remembered so that they are not implied again for every file; forgetting some costs only time. */
const rememberedDirectories = 65_536;

/** Makes a {@link LayerIndex} of events, one by one, in the order of the archive. */
export class LayerIndexBuilder {
  readonly #limits: ExtractLimits;
  readonly #table = new EntryTable();
  readonly #landing: LandingPaths;
  /** Paths of markers, by how many records there were before. */
  readonly #whiteouts = new Map<string, number>();
  readonly #opaque = new Map<string, number>();
  /** Paths that are directories of this layer now, by the number of their record in the table. */
  readonly #directories = new Map<string, number>();
  #textBytes = 0;

  constructor(limits: ExtractLimits) {
    this.#limits = limits;
    this.#landing = new LandingPaths(limits);
  }

  /** Takes the next event and gives it back with the paths where it lands; the same one where it says so itself. */
  add<E extends IndexedEvent>(event: E): E {
    if (event.kind === 'problem') return event;
    const landed = this.#land(event);
    switch (landed.kind) {
      case 'whiteout':
        this.#countText(landed.path, '');
        this.#whiteouts.set(landed.path, this.#table.size);
        // A runtime makes the directories in which it puts a marker.
        this.#implyParents(landed.path);
        break;
      case 'opaque':
        this.#countText(landed.path, '');
        this.#opaque.set(landed.path, this.#table.size);
        this.#imply(landed.path);
        break;
      default:
        this.#addEntry(landed);
    }
    return landed;
  }

  build(): LayerIndex {
    const { entries, isGone } = this.#table.build();
    return {
      version: layerIndexVersion,
      entries,
      links: this.#landing.links((record) => !isGone(record)).sort((a, b) => (a.path < b.path ? -1 : 1)),
      whiteouts: this.#markersLeft(this.#whiteouts, ''),
      opaque: this.#markersLeft(this.#opaque, '/'),
    };
  }

  /** Markers whose directory has stayed one; `end` is what leads from a path to the name of its marker. */
  #markersLeft(markers: ReadonlyMap<string, number>, end: '' | '/'): string[] {
    return Array.from(markers)
      .filter(([path, record]) => !this.#landing.isReplaced(path + end, record))
      .map(([path]) => path)
      .sort();
  }

  #land<E extends IndexedEvent>(event: E): E {
    if (!this.#landing.hasLinks) return event;
    const path = event.kind === 'opaque' ? this.#landDirectory(event.path) : this.#landPath(event.path);
    if (event.kind !== 'hardlink') return path === event.path ? event : { ...event, path };
    const target = this.#landing.hardLinkTarget(this.#landPath(event.target));
    return path === event.path && target === event.target ? event : { ...event, path, target };
  }

  #landPath(path: string): string {
    const slash = path.lastIndexOf('/');
    if (slash < 0) return path;
    const directory = path.slice(0, slash);
    const landed = this.#landDirectory(directory);
    if (landed === directory) return path;
    return landed === '' ? path.slice(slash + 1) : `${landed}${path.slice(slash)}`;
  }

  #landDirectory(directory: string): string {
    return this.#directories.has(directory) ? directory : this.#landing.landDirectory(directory);
  }

  #addEntry(event: Exclude<IndexedEvent, { kind: 'problem' | 'whiteout' | 'opaque' }>): void {
    const { path } = event;
    const parent = this.#implyParents(path);
    if (event.kind === 'directory') {
      this.#landing.forget(path);
      this.#remember(path, this.#record(path, entryFlags.directory, parent));
      return;
    }
    const record = this.#record(path, 0, parent);
    if (this.#directories.has(path)) {
      // What lay below is no more; which of the remembered ones did is not worth knowing.
      this.#directories.clear();
      this.#landing.replaceDirectory(path, record);
    }
    if (event.kind === 'symlink' || event.kind === 'hardlink') {
      this.#countText(path, event.target);
      this.#landing.note({ path, kind: event.kind, target: event.target }, record);
    } else this.#landing.forget(path);
  }

  /** Notes the directories above `path`; gives the record of the nearest. */
  #implyParents(path: string): number {
    if (path === '') return -1;
    return this.#imply(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  }

  #imply(directory: string): number {
    const known = this.#directories.get(directory);
    if (known !== undefined) return known;
    const parent = this.#implyParents(directory);
    const record = this.#record(directory, entryFlags.directory | entryFlags.implied, parent);
    this.#landing.forget(directory);
    this.#remember(directory, record);
    return record;
  }

  #remember(directory: string, record: number): void {
    if (this.#directories.size >= rememberedDirectories) this.#directories.clear();
    this.#directories.set(directory, record);
  }

  #record(path: string, flags: number, parent: number): number {
    // Parents without entries count as well: one deep path can imply hundreds.
    if (this.#table.size >= this.#limits.entries * 2) {
      const what = `entries and directories implied by them are more than twice limit entries ${this.#limits.entries}`;
      throw new ExtractError('LIMIT_EXCEEDED', `layer index: ${what}`);
    }
    return this.#table.add(path, flags, parent);
  }

  #countText(path: string, target: string): void {
    this.#textBytes += Buffer.byteLength(path) + Buffer.byteLength(target);
    if (this.#textBytes <= this.#limits.linkTextBytes) return;
    const what = `paths and targets of links are longer than limit linkTextBytes ${this.#limits.linkTextBytes}`;
    throw new ExtractError('LIMIT_EXCEEDED', `layer index: ${what}`);
  }
}
