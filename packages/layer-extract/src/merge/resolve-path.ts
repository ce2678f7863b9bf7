import type { ResolvedLocation } from './file-view.ts';
import type { LayerStack, Version } from './layer-stack.ts';

/**
 * Follows a path through the merged tree to the entry that carries its content, see `FileView.resolve`; as Linux does
 * it in a process whose root is the image's (path_resolution(7)).
 */
export function resolvePath(stack: LayerStack, path: string, linkDepth: number): ResolvedLocation | undefined {
  return new Resolution(stack, linkDepth).run(path);
}

class Resolution {
  readonly #stack: LayerStack;
  readonly #linkDepth: number;
  #linksLeft: number;
  /** Names still to go, the next one last. */
  #rest: string[] = [];
  /** The directory reached so far: names of a visible path without links. */
  #done: string[] = [];

  constructor(stack: LayerStack, linkDepth: number) {
    this.#stack = stack;
    this.#linkDepth = linkDepth;
    this.#linksLeft = linkDepth;
  }

  run(path: string): ResolvedLocation | undefined {
    this.#push(path);
    let found = this.#locateDone();
    for (let name = this.#rest.pop(); name !== undefined; name = this.#rest.pop()) {
      // Only in a directory is there anything to go to, be it itself.
      if (found !== undefined && !found.directory) return undefined;
      if (name === '.') continue;
      if (name === '..') {
        // Above the root there is the root.
        this.#done.pop();
        found = this.#locateDone();
      } else {
        found = this.#enter(name);
        if (found === undefined) return undefined;
      }
    }
    return found;
  }

  /** Names of a path; what ends in `/` must be a directory, as if it ended in `/.`. */
  #push(path: string): void {
    const names = path.split('/').filter((name) => name !== '');
    if (path.endsWith('/')) names.push('.');
    this.#rest.push(...names.reverse());
  }

  #locateDone(): ResolvedLocation | undefined {
    const path = this.#done.join('/');
    const version = this.#stack.versionOf(path);
    return version === undefined ? undefined : locationOf(path, version);
  }

  /** Goes to `name` in the directory reached; a link puts its target in front of what is left. */
  #enter(name: string): ResolvedLocation | undefined {
    const path = [...this.#done, name].join('/');
    const version = this.#stack.versionOf(path);
    if (version === undefined) return undefined;
    const target = this.#carrier(path, version);
    if (target === undefined) return undefined;
    if (!('target' in target)) {
      this.#done.push(name);
      return target;
    }
    if (this.#linksLeft-- <= 0) return undefined;
    if (target.target.startsWith('/')) this.#done = [];
    this.#push(target.target);
    return this.#locateDone();
  }

  /** The entry that a hard link, or a chain of them, stands for; a symbolic link's target if it is one. */
  #carrier(path: string, version: Version): ResolvedLocation | { readonly target: string } | undefined {
    let at = { path, version };
    // Every step leads to a lower layer, at least in an index that was made of a layer.
    for (let steps = Math.max(this.#linkDepth, this.#stack.trees.length); steps >= 0; steps--) {
      const link = this.#stack.linkOf(at.path, at.version);
      if (link === undefined) return locationOf(at.path, at.version);
      if (link.kind === 'symlink') return { target: link.target };
      const { layer } = at.version;
      // Made while the layer was unpacked: from its own entries, or from what the layers below showed then.
      const isOwn = this.#stack.typeIn(layer, link.target) === 'other';
      const next = isOwn ? { layer, type: 'other' as const } : this.#stack.versionOf(link.target, layer);
      // No directory has a second name.
      if (next?.type !== 'other') return undefined;
      at = { path: link.target, version: next };
    }
    return undefined;
  }
}

function locationOf(path: string, { layer, type }: Version): ResolvedLocation {
  return { path, layer, directory: type !== 'other' };
}
