import { type BigIntStats, readlinkSync } from 'node:fs';
import { BodyContent } from '../event/body-content.ts';
import type { EntryHeader, FileEvent } from '../event/file-event.ts';
import { problem } from '../event/read-entry.ts';
import { ExtractError } from '../extract-error.ts';
import { decodeName } from '../path/decode-name.ts';
import { exceedsBytes } from '../path/normalize-layer-path.ts';
import { type DirectoryLimits, directoryLimits } from './directory-limits.ts';
import { FileBody } from './file-body.ts';
import { fileErrorCode } from './file-error.ts';
import { HardLinks } from './hard-links.ts';
import { OpenDirectory } from './open-directory.ts';
import { noAttributes, type OverlayAttributes, parseGetfattr } from './parse-getfattr.ts';
import { runGetfattr } from './run-getfattr.ts';
import { TreeCursor, type TreeEntry } from './tree-cursor.ts';
import { showsTrustedAttributes } from './trusted-attributes.ts';
import { Turns } from './turns.ts';

/** Options of {@link walkDirectory}. */
export interface WalkDirectoryOptions {
  /**
   * What the directory is: a whole file system (`rootfs`, the default), or one layer as overlayfs keeps it, where a
   * character device 0/0 is a whiteout and an attribute makes a directory opaque.
   */
  readonly layout?: 'rootfs' | 'overlay';
  /** Whether file systems mounted inside are walked too. By default each is a problem event and is not entered. */
  readonly mounts?: 'skip' | 'walk';
  /**
   * The program that reads extended attributes, for the layout `overlay`: a path, or a name that is looked up in the
   * `PATH` of {@link env}. Default `getfattr`. Attributes `trusted.overlay.*` are shown to CAP_SYS_ADMIN alone; a
   * `problem` event says so where they may be hidden.
   */
  readonly getfattr?: string;
  /** The program's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<DirectoryLimits>;
  readonly signal?: AbortSignal;
}

/**
 * Reads a directory as if it were a layer: the same events as `walkLayer`, each directory before what lies in it, names
 * sorted by their bytes. The first path of a file with several names is the file, the others link to it. Symbolic links
 * are never followed, devices, fifos and sockets never opened, and a directory that is replaced by a link while the
 * walk goes on does not lead out of the root.
 *
 * A file is opened when its content is first read. What vanishes under way is left out; what cannot be read, or has
 * changed between its event and its reading, ends early and is a `problem` event behind it. Leaving the loop early
 * closes what is open. Calls to the file system are synchronous; after 5 ms at most the event loop has a turn.
 *
 * @throws ExtractError `LIMIT_EXCEEDED`; the system's error where the root cannot be opened or listed, and the abort
 * reason, unchanged.
 */
export async function* walkDirectory(
  root: string,
  options: WalkDirectoryOptions = {},
): AsyncGenerator<FileEvent, void, void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const limits = { ...directoryLimits, ...options.limits };
  const top = OpenDirectory.root(root);
  const turns = new Turns();
  const cursor = await TreeCursor.enter(top, { limits, otherDevices: options.mounts === 'walk', turns });
  try {
    const { attributes, problem: untold } = await overlayAttributes(root, options, limits);
    if (untold !== undefined) yield problem('', untold);
    const walk = new Walk(attributes, options.layout === 'overlay', limits, turns, signal);
    yield* walk.directory('', top.stats);
    for (let next = await cursor.next(); next !== undefined; next = await cursor.next()) {
      signal?.throwIfAborted();
      if ('kind' in next) yield next;
      else yield* walk.events(next);
    }
  } finally {
    cursor.close();
  }
}

async function overlayAttributes(
  root: string,
  { layout, getfattr = 'getfattr', env, signal }: WalkDirectoryOptions,
  { attributeBytes }: DirectoryLimits,
): Promise<{ readonly attributes: OverlayAttributes; readonly problem: string | undefined }> {
  if (layout !== 'overlay') return { attributes: noAttributes, problem: undefined };
  const { output, problem } = await runGetfattr(root, { getfattr, env, attributeBytes, signal });
  const attributes = parseGetfattr(output);
  // One that is seen tells that they are not hidden, or that the layer is of a user whose attributes never are.
  const hidden = problem === undefined && !attributes.seen && !(await showsTrustedAttributes());
  return { attributes, problem: hidden ? hiddenAttributes : problem };
}

const hiddenAttributes =
  'opaque directories cannot be told: attributes trusted.overlay.* are hidden from processes without CAP_SYS_ADMIN';

class Walk {
  readonly #attributes: OverlayAttributes;
  readonly #overlay: boolean;
  readonly #limits: DirectoryLimits;
  readonly #turns: Turns;
  readonly #signal: AbortSignal | undefined;
  readonly #links: HardLinks;
  #read = 0;

  constructor(
    attributes: OverlayAttributes,
    overlay: boolean,
    limits: DirectoryLimits,
    turns: Turns,
    signal: AbortSignal | undefined,
  ) {
    this.#attributes = attributes;
    this.#overlay = overlay;
    this.#limits = limits;
    this.#turns = turns;
    this.#signal = signal;
    this.#links = new HardLinks(limits);
  }

  /** The events of one thing in the tree. */
  *events(entry: TreeEntry): Generator<FileEvent, void, void> {
    const { path, stats } = entry;
    if (this.#isWhiteout(entry)) {
      yield { kind: 'whiteout', path };
      return;
    }
    const elsewhere = this.#attributes.elsewhere.get(path);
    if (elsewhere !== undefined) yield problem(path, `its content is in another layer (overlay ${elsewhere})`);
    if (stats.isDirectory()) yield* this.directory(path, stats);
    else if (stats.isFile()) yield* this.#file(entry);
    else if (stats.isSymbolicLink()) yield* this.#symlink(entry);
    else yield { ...header(path, stats), kind: 'special' };
  }

  *directory(path: string, stats: BigIntStats): Generator<FileEvent, void, void> {
    yield { ...header(path, stats), kind: 'directory' };
    if (this.#attributes.opaque.has(path)) yield { kind: 'opaque', path };
  }

  #isWhiteout({ path, stats }: TreeEntry): boolean {
    if (!this.#overlay) return false;
    if (stats.isCharacterDevice() && stats.rdev === 0n) return true;
    return stats.isFile() && stats.size === 0n && this.#attributes.whiteouts.has(path);
  }

  *#file(entry: TreeEntry): Generator<FileEvent, void, void> {
    const { path, stats } = entry;
    const target = this.#links.firstPath(path, stats);
    if (target !== undefined) {
      yield { ...header(path, stats), kind: 'hardlink', target };
      return;
    }
    const body = new FileBody(entry, this.#turns, (bytes) => this.#beforeRead(path, bytes));
    try {
      yield { ...header(path, stats), kind: 'file', size: Number(stats.size), content: new BodyContent(path, body) };
    } finally {
      body.close();
    }
    if (body.problem !== undefined) yield problem(path, body.problem);
  }

  *#symlink({ path, name, stats, directory }: TreeEntry): Generator<FileEvent, void, void> {
    let target: string;
    try {
      target = decodeName(readlinkSync(directory.pathOf(name), { encoding: 'latin1' }));
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === undefined) throw error;
      if (code !== 'ENOENT') yield problem(path, `symbolic link cannot be read (${code})`);
      return;
    }
    const { pathBytes } = this.#limits;
    if (exceedsBytes(target, pathBytes)) yield problem(path, `link target is longer than ${pathBytes} bytes`);
    else yield { ...header(path, stats), kind: 'symlink', target };
  }

  #beforeRead(path: string, bytes: number): void {
    this.#signal?.throwIfAborted();
    this.#read += bytes;
    const { totalBytes } = this.#limits;
    if (this.#read <= totalBytes) return;
    const what = `more bytes were read than limit totalBytes ${totalBytes}`;
    throw new ExtractError('LIMIT_EXCEEDED', `directory, ${JSON.stringify(path)}: ${what}`, {
      hint: 'if the tree is to be trusted, give walkDirectory a higher limit',
    });
  }
}

function header(path: string, stats: BigIntStats): EntryHeader {
  return {
    path,
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    // Rounded down, also before 1970.
    mtime: Math.floor(Number(stats.mtimeNs) / 1e9),
  };
}
