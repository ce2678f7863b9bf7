/** What an entry of a test layer may say beside its path. */
export interface EntryAttributes {
  /** Permission bits. Default 0o755 for directories, 0o777 for symbolic links, 0o644 for the rest. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970. Default 0. */
  readonly mtime?: number;
  /** Extended attributes, written as `SCHILY.xattr.` records. */
  readonly xattrs?: Readonly<Record<string, string>>;
}

/** One entry of a test layer, made by the functions of this file. */
export interface LayerEntry extends EntryAttributes {
  /** Written as it stands, so that odd names can be tested. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'block-device' | 'fifo';
  /** Of a file. */
  readonly content?: Uint8Array;
  /** Of a link. */
  readonly target?: string;
  readonly deviceMajor?: number;
  readonly deviceMinor?: number;
}

/** A regular file; text is written as UTF-8. */
export function file(path: string, content: string | Uint8Array = '', attributes: EntryAttributes = {}): LayerEntry {
  return { ...attributes, path, type: 'file', content: typeof content === 'string' ? Buffer.from(content) : content };
}

/** A directory. */
export function directory(path: string, attributes: EntryAttributes = {}): LayerEntry {
  return { ...attributes, path: path.endsWith('/') ? path : `${path}/`, type: 'directory' };
}

/** A symbolic link with its target as written. */
export function symlink(path: string, target: string, attributes: EntryAttributes = {}): LayerEntry {
  return { ...attributes, path, type: 'symlink', target };
}

/** A hard link to another path of the image. */
export function hardlink(path: string, target: string, attributes: EntryAttributes = {}): LayerEntry {
  return { ...attributes, path, type: 'hardlink', target };
}

/** A device node. */
export function device(
  path: string,
  node: { readonly kind: 'character' | 'block'; readonly major: number; readonly minor: number },
  attributes: EntryAttributes = {},
): LayerEntry {
  return { ...attributes, path, type: `${node.kind}-device`, deviceMajor: node.major, deviceMinor: node.minor };
}

/** A named pipe. */
export function fifo(path: string, attributes: EntryAttributes = {}): LayerEntry {
  return { ...attributes, path, type: 'fifo' };
}

/** Removes `path` from the layers below (image-spec, layer.md, "Whiteouts"). */
export function whiteout(path: string): LayerEntry {
  const slash = path.lastIndexOf('/') + 1;
  return file(`${path.slice(0, slash)}.wh.${path.slice(slash)}`);
}

/** Hides what the layers below have in `path`; `''` is the root. */
export function opaque(path: string): LayerEntry {
  return file(path === '' ? '.wh..wh..opq' : `${path}/.wh..wh..opq`);
}
