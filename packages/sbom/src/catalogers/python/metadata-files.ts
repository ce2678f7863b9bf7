/** A file that Python packaging leaves next to an installed package. */
export interface PythonFile {
  readonly kind: 'metadata' | 'installer' | 'direct-url';
  /** The metadata directory, or the metadata file where it stands alone; it names the installed package. */
  readonly place: string;
  /** The directory on Python's module path that the package is installed in. */
  readonly site: string;
}

/**
 * Recognises the metadata of installed packages: `NAME.dist-info` (wheels), `NAME.egg-info` as a directory or a file
 * (distutils, and distributions that build with it), and `EGG-INFO` inside an unpacked egg. Case makes no difference.
 *
 * @param path - Relative to the image root.
 */
export function pythonFile(path: string): PythonFile | undefined {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1).toLowerCase();
  const directory = path.slice(0, Math.max(slash, 0));
  if (name.endsWith('.egg-info')) return { kind: 'metadata', place: path, site: directory };
  const kind = kinds.get(name);
  if (kind === undefined) return undefined;
  const lower = directory.toLowerCase();
  const inDistInfo = lower.endsWith('.dist-info') && name !== 'pkg-info';
  const inEggInfo = lower.endsWith('.egg-info') && name === 'pkg-info';
  const inEgg = (lower.endsWith('/egg-info') || lower === 'egg-info') && name === 'pkg-info';
  if (!inDistInfo && !inEggInfo && !inEgg) return undefined;
  const parent = parentOf(directory);
  // An egg is itself a directory on the module path; its neighbours are beside it.
  return { kind, place: directory, site: inEgg ? parentOf(parent) : parent };
}

const kinds: ReadonlyMap<string, PythonFile['kind']> = new Map([
  ['metadata', 'metadata'],
  ['pkg-info', 'metadata'],
  ['installer', 'installer'],
  ['direct_url.json', 'direct-url'],
]);

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
