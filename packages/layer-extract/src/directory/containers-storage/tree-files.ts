import { closeSync, fstatSync, readlinkSync, readSync } from 'node:fs';
import { normalizeLayerPath } from '../../path/normalize-layer-path.ts';
import { fileErrorCode } from '../file-error.ts';
import type { OpenDirectory } from '../open-directory.ts';
import { Turns } from '../turns.ts';
import type { GatheredChunks } from './gathered-chunks.ts';
import { storageError, storageLimit } from './storage-error.ts';

const noLimits = { pathBytes: Number.POSITIVE_INFINITY, pathDepth: Number.POSITIVE_INFINITY };

/** What the Linux kernel follows before it gives up. */
const linkDepth = 40;

/**
 * Files of a tree by their paths. Links to directories lead where they lead in a container, which never is outside of
 * the tree: the kernel follows none. A file itself may not be a link. The directories that led to the last file stay open,
 * since the next one mostly lies in them too.
 */
export class TreeFiles {
  readonly #root: OpenDirectory;
  readonly #turns = new Turns();
  readonly #limits: { readonly pathBytes: number; readonly pathDepth: number };
  #open: { readonly name: string; readonly directory: OpenDirectory }[] = [];

  /** Takes over `root`, which {@link close} closes. */
  constructor(root: OpenDirectory, limits: { readonly pathBytes: number; readonly pathDepth: number }) {
    this.#root = root;
    this.#limits = limits;
  }

  /**
   * Reads a file that has to have exactly `size` bytes, and gives the chunks that get full with it. The name is latin-1, as
   * an archive has it.
   */
  async *read(name: string, size: number, chunks: GatheredChunks): AsyncGenerator<Uint8Array, void, void> {
    const where = `diff, ${JSON.stringify(name.slice(0, 256))}`;
    const file = this.#openFile(name, where);
    try {
      const stats = fstatSync(file);
      if (!stats.isFile() || stats.size !== size) throw storageError(where, `it is no file of ${size} bytes`);
      for (let position = 0; position < size; ) {
        const { space } = chunks;
        const length = readSync(file, space, 0, Math.min(space.byteLength, size - position), position);
        if (length === 0) throw storageError(where, 'it has become shorter while it was read');
        position += length;
        const turn = this.#turns.due();
        if (turn !== undefined) await turn;
        const full = chunks.take(length);
        if (full !== undefined) yield full;
      }
    } finally {
      closeSync(file);
    }
  }

  close(): void {
    this.#leave(0);
    this.#root.close();
  }

  #openFile(name: string, where: string): number {
    const { pathBytes, pathDepth } = this.#limits;
    // Not its own limits: here they end the reading, and a latin-1 character stands for one byte.
    const { path, problem } = normalizeLayerPath(name, noLimits);
    if (path === undefined) throw storageError(where, problem);
    if (path.length > pathBytes) throw storageLimit(where, 'pathBytes', pathBytes);
    const names = path.split('/');
    if (names.length > pathDepth) throw storageLimit(where, 'pathDepth', pathDepth);
    const last = names.pop()!;
    try {
      return this.#follow(names).file(last);
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === undefined) throw error;
      throw storageError(where, `it cannot be read (${code})`, error);
    }
  }

  /** The directory at a path, links in it resolved as if the tree were the root of the system. */
  #follow(names: readonly string[]): OpenDirectory {
    let wanted = names;
    for (let links = 0; ; links += 1) {
      try {
        return this.#enter(wanted);
      } catch (error) {
        const code = fileErrorCode(error);
        if (links === linkDepth || (code !== 'ELOOP' && code !== 'ENOTDIR')) throw error;
        // What could be entered is open now; the name behind it is the link, or a file.
        const [entered, link] = [this.#open.map(({ name }) => name), wanted[this.#open.length]!];
        const directory = this.#open.at(-1)?.directory ?? this.#root;
        const target = readlinkSync(directory.pathOf(link), { encoding: 'latin1' });
        const start = target.startsWith('/') ? [] : entered;
        wanted = clean([...start, ...target.split('/'), ...wanted.slice(entered.length + 1)]);
      }
    }
  }

  #enter(names: readonly string[]): OpenDirectory {
    let shared = 0;
    while (shared < names.length && this.#open[shared]?.name === names[shared]) shared += 1;
    this.#leave(shared);
    for (const name of names.slice(shared)) {
      const directory = (this.#open.at(-1)?.directory ?? this.#root).directory(name);
      this.#open.push({ name, directory });
    }
    return this.#open.at(-1)?.directory ?? this.#root;
  }

  #leave(depth: number): void {
    for (const { directory } of this.#open.splice(depth).reverse()) directory.close();
  }
}

/** Without names that mean nothing; `..` of the root is the root, as it is for the kernel. */
function clean(names: readonly string[]): string[] {
  const cleaned: string[] = [];
  for (const name of names) {
    if (name === '..') cleaned.pop();
    else if (name !== '' && name !== '.') cleaned.push(name);
  }
  return cleaned;
}
