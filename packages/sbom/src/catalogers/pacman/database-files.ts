/** A file of pacman's local database by its place in it. */
export interface PacmanFile {
  readonly kind: 'desc' | 'files';
  /** Root of its system as a prefix of paths. */
  readonly root: string;
  /** Directory of all packages. */
  readonly database: string;
  /** Directory of the package. */
  readonly directory: string;
}

/** Images whose `/var` is not theirs keep it below `/usr`, with a link to it or another `DBPath` in `pacman.conf`. */
const inDatabase =
  /^(((.*\/)?)(?:var\/lib\/pacman|usr\/lib\/(?:sysimage\/lib\/)?pacman|usr\/lib\/holo\/pacmandb)\/local)\/[^/]+\/(desc|files)$/;

/**
 * Recognises the files of pacman's local databases at any depth.
 *
 * @param path - Relative to the image root.
 */
export function pacmanFile(path: string): PacmanFile | undefined {
  const [, database, root, , kind] = inDatabase.exec(path) ?? [];
  if (database === undefined || root === undefined) return undefined;
  return { kind: kind === 'desc' ? 'desc' : 'files', root, database, directory: path.slice(0, path.lastIndexOf('/')) };
}
