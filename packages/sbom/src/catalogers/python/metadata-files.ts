/** A file that Python packaging leaves next to an installed package. */
export interface PythonFile {
  readonly kind: 'metadata' | 'installer' | 'direct-url' | 'requested' | 'requires' | 'sbom';
  /** The metadata directory, or the metadata file where it stands alone; it names the installed package. */
  readonly place: string;
  /** The directory on Python's module path that the package is installed in. */
  readonly site: string;
}

/** Files of a `NAME.dist-info`, in lower case. */
const inDistInfo: ReadonlyMap<string, PythonFile['kind']> = new Map([
  ['metadata', 'metadata'],
  ['installer', 'installer'],
  ['direct_url.json', 'direct-url'],
  ['requested', 'requested'],
]);

/** Files of a `NAME.egg-info` or an `EGG-INFO`, in lower case. */
const inEggInfo: ReadonlyMap<string, PythonFile['kind']> = new Map([
  ['pkg-info', 'metadata'],
  ['requires.txt', 'requires'],
]);

/** The names of all those files, as written and as file systems that do not mind case may have them. */
export const pythonFileNames: readonly string[] = [...inDistInfo.keys(), ...inEggInfo.keys()].flatMap((name) => [
  ...new Set([name, name.toUpperCase(), name.slice(0, 1).toUpperCase() + name.slice(1)]),
]);

/**
 * Recognises the metadata of installed packages: `NAME.dist-info` (wheels) with the documents in its `sboms` (PEP 770),
 * `NAME.egg-info` as a directory or a file (distutils, and distributions that build with it), and `EGG-INFO` inside an
 * unpacked egg. Case makes no difference.
 *
 * @param path - Relative to the image root.
 */
export function pythonFile(path: string): PythonFile | undefined {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1).toLowerCase();
  const directory = path.slice(0, Math.max(slash, 0));
  if (name.endsWith('.egg-info')) return { kind: 'metadata', place: path, site: directory };
  const lower = directory.toLowerCase();
  if (lower.endsWith('.dist-info/sboms') && name.endsWith('.json')) {
    const place = parentOf(directory);
    return { kind: 'sbom', place, site: parentOf(place) };
  }
  const isEgg = lower.endsWith('/egg-info') || lower === 'egg-info';
  const files = lower.endsWith('.dist-info')
    ? inDistInfo
    : isEgg || lower.endsWith('.egg-info')
      ? inEggInfo
      : undefined;
  const kind = files?.get(name);
  if (kind === undefined) return undefined;
  const parent = parentOf(directory);
  // An egg is itself a directory on the module path; its neighbours are beside it.
  return { kind, place: directory, site: isEgg ? parentOf(parent) : parent };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
