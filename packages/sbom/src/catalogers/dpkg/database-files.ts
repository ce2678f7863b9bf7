/** A file that dpkg or its surroundings keep, by its place in the image. */
export type DpkgFile =
  /** All packages in one file, as dpkg itself keeps them. */
  | { readonly kind: 'status'; readonly root: string; readonly database: string }
  /** One package to a file, as images without dpkg have it. The stem ties it to its list. */
  | { readonly kind: 'status.d'; readonly root: string; readonly database: string; readonly stem: string }
  /** The files of one package; in `info` the stem is its name, with architecture where several may be installed. */
  | { readonly kind: 'list'; readonly root: string; readonly database: string; readonly stem: string }
  | { readonly kind: 'md5sums'; readonly root: string; readonly database: string; readonly stem: string }
  /** What dpkg knows of packages that could be installed. */
  | { readonly kind: 'available'; readonly root: string; readonly database: string }
  /** What apt installed only because another package needed it. */
  | { readonly kind: 'extended_states'; readonly root: string }
  /** The licences of one package. */
  | { readonly kind: 'copyright'; readonly root: string };

/** A database is a directory `lib/dpkg`; the root of the system it describes is what comes before `var/` or `usr/`. */
const inDatabase = /^((?:.*?\/)??)((?:var|usr)\/)?lib\/dpkg\/((?:status\.d\/|info\/)?)([^/]+)$/;
const extendedStates = /^((?:.*\/)?)var\/lib\/apt\/extended_states$/;
const copyright = /^((?:.*\/)?)usr\/share\/doc\/[^/]+\/copyright$/;

/**
 * Recognises the files of dpkg databases at any depth: an image may carry the root of another system. `root` is that
 * system's root as a prefix of paths: empty for the image itself, `opt/sysroot/` for a system below `opt/sysroot`.
 *
 * @param path - Relative to the image root.
 */
export function dpkgFile(path: string): DpkgFile | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'copyright' || name === 'extended_states') {
    const root = (name === 'copyright' ? copyright : extendedStates).exec(path)?.[1];
    return root === undefined ? undefined : { kind: name, root };
  }
  const match = inDatabase.exec(path);
  if (match === null || name.startsWith('.')) return undefined;
  const [, root = '', parent = '', place] = match;
  return databaseFile(name, place, { root, database: `${root}${parent}lib/dpkg` });
}

function databaseFile(
  name: string,
  place: string | undefined,
  where: { readonly root: string; readonly database: string },
): DpkgFile | undefined {
  if (place === '') return name === 'status' || name === 'available' ? { kind: name, ...where } : undefined;
  if (place === 'status.d/') {
    const stem = withoutSuffix(name, '.md5sums');
    return stem === undefined ? { kind: 'status.d', ...where, stem: name } : { kind: 'md5sums', ...where, stem };
  }
  const stem = withoutSuffix(name, '.list');
  return stem === undefined ? undefined : { kind: 'list', ...where, stem };
}

function withoutSuffix(name: string, suffix: string): string | undefined {
  return name.endsWith(suffix) && name.length > suffix.length ? name.slice(0, -suffix.length) : undefined;
}
