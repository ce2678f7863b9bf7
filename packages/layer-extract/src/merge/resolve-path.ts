import type { ResolvedLocation } from './file-view.ts';
import type { LayerStack, Version } from './layer-stack.ts';

/**
 * Follows a path through the merged tree to the entry that carries its content, see `FileView.resolve`.
 */
export function resolvePath(stack: LayerStack, path: string, linkDepth: number): ResolvedLocation | undefined {
  return new Resolution(stack, linkDepth).run(path);
}

class Resolution {
  readonly #stack: LayerStack;
  #linksLeft: number;
  /** Names still to go, the next one last. */
  #rest: string[] = [];
  /** The directory reached so far: names of a visible path without links. */
  #done: string[] = [];

  constructor(stack: LayerStack, linkDepth: number) {
    this.#stack = stack;
    this.#linksLeft = linkDepth;
  }

  run(path: string): ResolvedLocation | undefined {
    this.#push(path);
    // An empty path means the root.
    let found: ResolvedLocation | undefined = this.#locate('');
    for (let name = this.#rest.pop(); name !== undefined; name = this.#rest.pop()) {
      if (name === '..') {
        if (this.#done.pop() === undefined) return undefined;
        found = this.#locate(this.#done.join('/'));
      } else {
        found = this.#enter(name);
      }
      if (found === undefined) return undefined;
    }
    return found;
  }

  #push(path: string): void {
    const names = path.split('/').filter((name) => name !== '' && name !== '.');
    this.#rest.push(...names.reverse());
  }

  #locate(path: string): ResolvedLocation | undefined {
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
    return this.#locate(this.#done.join('/'));
  }

  /** The entry that a hard link, or a chain of them, stands for; a symbolic link's target if it is one. */
  #carrier(path: string, version: Version): ResolvedLocation | { readonly target: string } | undefined {
    let at = { path, version };
    for (;;) {
      const link = this.#stack.linkOf(at.path, at.version);
      if (link === undefined) return locationOf(at.path, at.version);
      if (link.kind === 'symlink') return { target: link.target };
      if (this.#linksLeft-- <= 0) return undefined;
      const { layer } = at.version;
      const type = this.#stack.typeIn(layer, link.target);
      // Made while the layer was unpacked: from its own entries, or from what the layers below showed then.
      const next =
        type === undefined || type === 'implied' ? this.#stack.versionOf(link.target, layer) : { layer, type };
      if (next === undefined) return undefined;
      at = { path: link.target, version: next };
    }
  }
}

function locationOf(path: string, { layer, type }: Version): ResolvedLocation {
  return { path, layer, directory: type !== 'other' };
}
