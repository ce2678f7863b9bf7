/** What an entry's name says about the layers below (image-spec, layer.md, "Whiteouts"). */
export type Marker =
  | { readonly kind: 'whiteout' | 'opaque'; readonly path: string }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'problem'; readonly reason: string };

const prefix = '.wh.';
/** Begins the names of what aufs keeps for itself. */
export const metaPrefix = '.wh..wh.';
const opaqueName = '.wh..wh..opq';

/**
 * Reads the marker that a normalised path is; undefined for an ordinary path.
 *
 * Other names that begin with `.wh..wh.` are bookkeeping of the aufs driver and carry no content of the image. At the
 * root they are ignored with everything below them (`.wh..wh.plnk/…`), as container runtimes do; deeper, a file *below*
 * such a directory is what a runtime would unpack, so only the name itself is ignored.
 */
export function readMarker(path: string): Marker | undefined {
  if (!path.includes(prefix)) return undefined;
  const slash = path.lastIndexOf('/');
  const directory = slash < 0 ? '' : path.slice(0, slash);
  const name = path.slice(slash + 1);
  if (name === opaqueName) return { kind: 'opaque', path: directory };
  if (path.startsWith(metaPrefix) || name.startsWith(metaPrefix)) return { kind: 'ignored' };
  if (!name.startsWith(prefix)) return undefined;
  const removed = name.slice(prefix.length);
  if (removed === '' || removed === '.' || removed === '..') {
    return { kind: 'problem', reason: 'whiteout names nothing that can be removed' };
  }
  return { kind: 'whiteout', path: directory === '' ? removed : `${directory}/${removed}` };
}
