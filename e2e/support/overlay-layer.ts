import {
  linkSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { entryAt } from './overlay-mount.ts';
import type { LayerItem } from './overlay-stacks.ts';

/** What is left to do to make a directory an overlayfs lower one. Paths are relative to the directory. */
export interface UnpackedLayer {
  /** The entries that could be unpacked. */
  readonly items: readonly LayerItem[];
  /** Where there must be a character device 0/0. */
  readonly whiteouts: readonly string[];
  /** Directories that need `trusted.overlay.opaque`. */
  readonly opaque: readonly string[];
}

/**
 * Unpacks one layer into an empty directory, entry by entry, as runtimes on overlayfs do. An entry that makes those
 * refuse the image (below a file, a hard link to nothing, a circle of links) is left out. The content of each file says
 * where it comes from: layer and path.
 *
 * @param below what the layers below look like, for hard links to them
 */
export function unpackLayer(
  items: readonly LayerItem[],
  directory: string,
  layer: number,
  below: string,
): UnpackedLayer {
  const unpacking = new Unpacking(directory, layer, below);
  const accepted = items.filter((item) => unpacking.add(item));
  return { items: accepted, ...unpacking.markers() };
}

class Unpacking {
  readonly #directory: string;
  readonly #layer: number;
  readonly #below: string;
  readonly #whiteouts = new Set<string>();
  readonly #opaque = new Set<string>();
  /** Symbolic links that came from below through a hard link: a layer alone does not say where they lead. */
  readonly #copiedLinks = new Set<string>();
  /** Targets of hard links: nothing may take their place, or the links would have a content without a path. */
  readonly #linked = new Set<string>();

  constructor(directory: string, layer: number, below: string) {
    this.#directory = directory;
    this.#layer = layer;
    this.#below = below;
  }

  add({ name, type, linkname = '' }: LayerItem): boolean {
    const clean = name.replace(/\/$/, '').replace(/^\.\//, '');
    const parent = this.#landDirectory(dirname(clean));
    if (parent === undefined || this.#endangersLinked(parent, true)) return false;
    const base = clean.slice(clean.lastIndexOf('/') + 1);
    const path = join(parent, base);
    if (base === '.wh..wh..opq') {
      this.#opaque.add(parent);
    } else if (base.startsWith('.wh.')) {
      this.#whiteouts.add(join(parent, base.slice('.wh.'.length)));
    } else if (type === 'directory') {
      if (this.#linked.has(path)) return false;
      if (!this.#stat(path)?.isDirectory()) rmSync(this.#at(path), { force: true });
      this.#makeDirectory(path);
      return true;
    } else if (type === 'link') return this.#addHardLink(path, linkname);
    else {
      if (this.#endangersLinked(path, false)) return false;
      this.#makeWay(path);
      if (type === 'symlink') symlinkSync(linkname, this.#at(path));
      else writeFileSync(this.#at(path), `${this.#layer} ${path}`);
      return true;
    }
    this.#makeDirectory(parent);
    return true;
  }

  /** What holds at the end: below an opaque directory nothing is left to remove, and no marker is seen below a file. */
  markers(): Omit<UnpackedLayer, 'items'> {
    const isDirectory = (path: string): boolean => this.#stat(path)?.isDirectory() === true;
    const opaque = new Set([...this.#opaque, ...this.#whiteouts].filter(isDirectory));
    const isBelowOpaque = (path: string): boolean => {
      for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) if (opaque.has(parent)) return true;
      return opaque.has('.') || opaque.has('');
    };
    const whiteouts = Array.from(this.#whiteouts).filter(
      (path) => this.#stat(path) === undefined && isDirectory(dirname(path)) && !isBelowOpaque(path),
    );
    return { whiteouts, opaque: [...opaque] };
  }

  #addHardLink(path: string, linkname: string): boolean {
    const parent = this.#landDirectory(dirname(linkname));
    if (parent === undefined) return false;
    const target = join(parent, linkname.slice(linkname.lastIndexOf('/') + 1));
    if (`${path}/`.startsWith(`${target}/`) || `${target}/`.startsWith(`${path}/`)) return false;
    if (this.#endangersLinked(path, false)) return false;
    const own = this.#stat(target);
    if (own?.isDirectory()) return false;
    if (own !== undefined) {
      this.#makeWay(path);
      linkSync(this.#at(target), this.#at(path));
    } else if (!this.#copyFromBelow(target, path)) return false;
    this.#linked.add(target);
    return true;
  }

  /** On overlayfs no link leads into a lower directory: runtimes that can do it leave a copy. */
  #copyFromBelow(target: string, path: string): boolean {
    if (Array.from(this.#whiteouts).some((removed) => target === removed || target.startsWith(`${removed}/`)))
      return false;
    if (Array.from(this.#opaque).some((directory) => directory === '.' || target.startsWith(`${directory}/`)))
      return false;
    for (let up = dirname(target); up !== '.'; up = dirname(up))
      if (this.#stat(up)?.isDirectory() === false) return false;
    const source = join(this.#below, target);
    const found = entryAt(this.#below, target);
    if (found === undefined || found.isDirectory()) return false;
    this.#makeWay(path);
    if (found.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), this.#at(path));
      this.#copiedLinks.add(path);
    } else writeFileSync(this.#at(path), readFileSync(source));
    return true;
  }

  /** Whether something at `path`, or a directory there, would take the place of what a hard link stands for. */
  #endangersLinked(path: string, directory: boolean): boolean {
    return Array.from(this.#linked).some((target) =>
      directory ? path === target || path.startsWith(`${target}/`) : target === path || target.startsWith(`${path}/`),
    );
  }

  /** The directory that `path` leads to, links followed inside the layer; undefined where something else is in the way. */
  #landDirectory(path: string): string | undefined {
    const rest = path.split('/');
    let done = '';
    for (let links = 0; rest.length > 0; ) {
      const name = rest.shift()!;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        done = done === '' || !done.includes('/') ? '' : dirname(done);
        continue;
      }
      const next = join(done, name);
      const found = this.#stat(next);
      if (found?.isSymbolicLink()) {
        if (++links > 40 || this.#copiedLinks.has(next)) return undefined;
        const target = readlinkSync(this.#at(next));
        if (target.startsWith('/')) done = '';
        rest.unshift(...target.split('/'));
      } else if (found === undefined || found.isDirectory()) done = next;
      else return undefined;
    }
    return done === '' ? '.' : done;
  }

  #makeWay(path: string): void {
    this.#makeDirectory(dirname(path));
    const found = this.#stat(path);
    if (found === undefined) return;
    if (found.isDirectory()) {
      for (const each of this.#whiteouts) if (each.startsWith(`${path}/`)) this.#whiteouts.delete(each);
      for (const each of this.#opaque) if (`${each}/`.startsWith(`${path}/`)) this.#opaque.delete(each);
    }
    rmSync(this.#at(path), { recursive: true });
  }

  #makeDirectory(path: string): void {
    mkdirSync(this.#at(path), { recursive: true });
  }

  #stat(path: string): Stats | undefined {
    return entryAt(this.#directory, path);
  }

  #at(path: string): string {
    return join(this.#directory, path);
  }
}
