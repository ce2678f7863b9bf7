/** A file of an rpm database by its place. */
export interface RpmDatabaseFile {
  /** `log`: the write-ahead log of an SQLite database. */
  readonly kind: 'database' | 'log';
  /** Path of the database itself. */
  readonly database: string;
  /** The root of the system it describes, as a prefix of paths: empty for the image itself, else with `/` at its end. */
  readonly root: string;
}

/** rpm's place, the one of Fedora and SUSE since `/var` may be reset, and the one of images made by rpm-ostree. */
const directories: readonly string[] = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'];
const logSuffix = '-wal';
const sqliteName = 'rpmdb.sqlite';
/** Berkeley DB, NDB, SQLite. */
const databaseNames: readonly string[] = ['Packages', 'Packages.db', sqliteName];

/** Names of files that {@link rpmDatabaseFile} may know. */
export const rpmFileNames: readonly string[] = [...databaseNames, sqliteName + logSuffix];

/** Where databases are in the image itself. */
export const knownRpmDatabases: readonly string[] = directories.flatMap((directory) =>
  databaseNames.map((name) => `${directory}/${name}`),
);

/**
 * Recognises the files of rpm databases at any depth: an image may carry the root of another system.
 *
 * @param path - Relative to the image root.
 */
export function rpmDatabaseFile(path: string): RpmDatabaseFile | undefined {
  const slash = path.lastIndexOf('/');
  if (!rpmFileNames.includes(path.slice(slash + 1))) return undefined;
  const parent = path.slice(0, Math.max(slash, 0));
  const directory = directories.find((candidate) => parent === candidate || parent.endsWith(`/${candidate}`));
  if (directory === undefined) return undefined;
  const root = parent.slice(0, -directory.length);
  return path.endsWith(logSuffix)
    ? { kind: 'log', database: path.slice(0, -logSuffix.length), root }
    : { kind: 'database', database: path, root };
}

/** Where the log of a database lies. */
export function logOf(database: string): string {
  return database + logSuffix;
}
