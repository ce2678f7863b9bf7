/** A file of a dpkg database by its place in it. */
export type DpkgFile =
  /** All packages in one file, as dpkg itself keeps them. */
  | { readonly kind: 'status'; readonly database: string }
  /** One package to a file, as images without dpkg have it. The stem ties it to its list. */
  | { readonly kind: 'status.d'; readonly database: string; readonly stem: string }
  /** The files of one package; in `info` the stem is its name, with architecture where several may be installed. */
  | { readonly kind: 'list'; readonly database: string; readonly stem: string }
  | { readonly kind: 'md5sums'; readonly database: string; readonly stem: string };

const databaseName = 'lib/dpkg';

/**
 * Recognises the files of dpkg databases at any depth: an image may carry the root of another system.
 *
 * @param path - Relative to the image root.
 */
export function dpkgFile(path: string): DpkgFile | undefined {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  if (name === '' || name.startsWith('.')) return undefined;
  const directory = path.slice(0, Math.max(slash, 0));
  if (name === 'status') return isDatabase(directory) ? { kind: 'status', database: directory } : undefined;
  if (directory.endsWith('/status.d')) {
    const database = directory.slice(0, -'/status.d'.length);
    if (!isDatabase(database)) return undefined;
    const list = withoutSuffix(name, '.md5sums');
    return list === undefined ? { kind: 'status.d', database, stem: name } : { kind: 'md5sums', database, stem: list };
  }
  const list = withoutSuffix(name, '.list');
  if (list === undefined || !directory.endsWith('/info')) return undefined;
  const database = directory.slice(0, -'/info'.length);
  return isDatabase(database) ? { kind: 'list', database, stem: list } : undefined;
}

/**
 * The root of the system that a database describes, as a prefix of paths: empty for the image itself,
 * `opt/sysroot/` for a system below `opt/sysroot`.
 */
export function systemRoot(database: string): string {
  return database.slice(0, -databaseName.length).replace(/(^|\/)(?:var|usr)\/$/, '$1');
}

function isDatabase(directory: string): boolean {
  return directory === databaseName || directory.endsWith(`/${databaseName}`);
}

function withoutSuffix(name: string, suffix: string): string | undefined {
  return name.endsWith(suffix) && name.length > suffix.length ? name.slice(0, -suffix.length) : undefined;
}
