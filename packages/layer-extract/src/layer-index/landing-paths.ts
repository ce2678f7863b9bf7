import type { ExtractLimits } from '../extract-limits.ts';
import { normalizeLayerPath } from '../path/normalize-layer-path.ts';
import type { LayerLink } from './layer-index.ts';

interface NotedLink {
  readonly link: LayerLink;
  /** Number of the entry among all of the layer. */
  readonly record: number;
}

/**
 * Where the paths of one layer land. Runtimes on overlayfs unpack each layer into a directory of its own (containerd's
 * archive/tar.go, Docker's and Podman's overlay drivers): a parent that is a symbolic link of the same layer is written
 * through, one of a lower layer is not seen and a directory takes its place.
 */
export class LandingPaths {
  readonly #limits: ExtractLimits;
  readonly #links = new Map<string, NotedLink>();
  /** Directories that something else replaced, by the last record that did: older links below them are gone. */
  readonly #replaced = new Map<string, number>();

  constructor(limits: ExtractLimits) {
    this.#limits = limits;
  }

  /** Whether any path can land elsewhere. */
  get hasLinks(): boolean {
    return this.#links.size > 0;
  }

  /** Notes a link; it takes the place of an earlier one. */
  note(link: LayerLink, record: number): void {
    this.#links.set(link.path, { link, record });
  }

  /** Something else is at `path` now. */
  forget(path: string): void {
    this.#links.delete(path);
  }

  /** Something else is at `path` now, where a directory was. */
  replaceDirectory(path: string, record: number): void {
    this.#replaced.set(path, record);
  }

  /** Whether a directory above `path` was replaced after `record`. */
  isReplaced(path: string, record: number): boolean {
    if (this.#replaced.size === 0) return false;
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if ((this.#replaced.get(path.slice(0, slash)) ?? -1) > record) return true;
    }
    return false;
  }

  /** The links that are left. */
  links(isThere: (record: number) => boolean): LayerLink[] {
    return Array.from(this.#links.values())
      .filter(({ record }) => isThere(record))
      .map(({ link }) => link);
  }

  /** The first of a chain of hard links in the layer, so that no chain is ever long. */
  hardLinkTarget(path: string): string {
    const link = this.#linkAt(path);
    return link?.kind === 'hardlink' ? link.target : path;
  }

  /**
   * Where entries of `directory` go, by the links so far; above the root there is the root. A path that no runtime
   * could write (too many links, too long) stays as it is.
   */
  landDirectory(directory: string): string {
    if (this.#links.size === 0) return directory;
    let linksLeft = this.#limits.linkDepth;
    let followed = false;
    const rest = directory.split('/').reverse();
    let done: string[] = [];
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        done.pop();
        continue;
      }
      done.push(name);
      const target = this.#symlinkAt(done.join('/'));
      if (target === undefined) continue;
      if (linksLeft-- <= 0) return directory;
      followed = true;
      if (target.startsWith('/')) done = [];
      else done.pop();
      rest.push(...target.split('/').reverse());
    }
    return followed ? (normalizeLayerPath(done.join('/'), this.#limits).path ?? directory) : directory;
  }

  /** The target of the symbolic link at `path`, or of the one that a hard link there is. */
  #symlinkAt(path: string): string | undefined {
    const link = this.#linkAt(path);
    const symlink = link?.kind === 'hardlink' ? this.#linkAt(link.target) : link;
    return symlink?.kind === 'symlink' ? symlink.target : undefined;
  }

  #linkAt(path: string): LayerLink | undefined {
    const noted = this.#links.get(path);
    return noted === undefined || this.isReplaced(path, noted.record) ? undefined : noted.link;
  }
}
