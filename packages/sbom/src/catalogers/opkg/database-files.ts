/** A file of an opkg database by its place in it. `root` is the root of its system as a prefix of paths. */
export type OpkgFile =
  | { readonly kind: 'status'; readonly root: string; readonly database: string }
  /** What one package says of itself, and the files it owns. */
  | { readonly kind: 'control' | 'list'; readonly root: string; readonly database: string; readonly name: string };

const inDatabase = /^((?:.*?\/)??)((?:var|usr)\/)?lib\/opkg\/(?:(status)|info\/([^/]+)\.(control|list))$/;

/**
 * Recognises the files of opkg databases at any depth: `usr/lib/opkg` of OpenWrt, `var/lib/opkg` of OpenEmbedded.
 *
 * @param path - Relative to the image root.
 */
export function opkgFile(path: string): OpkgFile | undefined {
  const match = inDatabase.exec(path);
  if (match === null) return undefined;
  const [, root = '', parent = '', status, name = '', kind] = match;
  const database = `${root}${parent}lib/opkg`;
  if (status !== undefined) return { kind: 'status', root, database };
  return { kind: kind === 'list' ? 'list' : 'control', root, database, name };
}
