/** Ends of names of archives that Java runtimes and containers load, in lower case. */
export const javaArchiveSuffixes: readonly string[] = [
  '.jar',
  '.war',
  '.ear',
  '.jmod',
  // Jenkins plugins.
  '.hpi',
  '.jpi',
  // Karaf, Apache NiFi, Liferay, JBoss services, Sun portals, resource adapters, Axis and Geronimo modules.
  '.kar',
  '.nar',
  '.lpkg',
  '.sar',
  '.par',
  '.rar',
  '.far',
  '.zap',
];

/** Those that are nothing else, so that a broken one is missed; the others are also names of other formats. */
const unmistakable: ReadonlySet<string> = new Set(['.jar', '.war', '.ear', '.jmod', '.hpi', '.jpi']);

/** The end of a name that makes it a Java archive, in lower case with its dot. */
export function javaArchiveSuffix(path: string): string | undefined {
  const dot = path.lastIndexOf('.');
  if (dot < 0 || path.length - dot > 5) return undefined;
  const suffix = path.slice(dot).toLowerCase();
  return suffixes.has(suffix) ? suffix : undefined;
}

const suffixes: ReadonlySet<string> = new Set(javaArchiveSuffixes);

/** Whether a file of this name that is no zip archive is a broken Java archive. */
export function mustBeArchive(path: string): boolean {
  return unmistakable.has(javaArchiveSuffix(path) ?? '');
}
