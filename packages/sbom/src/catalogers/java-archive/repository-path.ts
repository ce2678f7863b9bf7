import { withoutUndefined } from '../without-undefined.ts';
import type { PomCoordinates } from './parse-pom-properties.ts';

/** Directories below which local Maven repositories and containers keep artefacts in Maven's layout. */
const roots: ReadonlySet<string> = new Set(['repository', 'maven-repo', 'maven2', 'm2', 'maven', 'repo', 'system']);
/** First names of groups, for repositories whose root has a name of its own. */
const firstNames: ReadonlySet<string> = new Set(
  'org com net io dev javax jakarta edu gov ch de fr uk eu nl it jp cn ru br au be at pl se me us tv ai app co cc'.split(
    ' ',
  ),
);

/** What a place tells: an artefact at least. */
export interface RepositoryCoordinates extends PomCoordinates {
  readonly artifact: string;
}

/**
 * The coordinates that an archive's place tells where it lies in a Maven repository
 * (`org/slf4j/slf4j-api/1.7.36/slf4j-api-1.7.36.jar`) or in Gradle's cache
 * (`files-2.1/org.slf4j/slf4j-api/1.7.36/<hash>/slf4j-api-1.7.36.jar`).
 *
 * @param path - Path of the archive, `/` between names.
 */
export function repositoryCoordinates(path: string): RepositoryCoordinates | undefined {
  const names = path.split('/');
  const file = names.pop() ?? '';
  if (/^[0-9a-f]{38,40}$/.test(names.at(-1) ?? '') && names.at(-5) === 'files-2.1') names.pop();
  const [artifact, version] = names.splice(-2);
  if (artifact === undefined || version === undefined || !/^(?:v?\d|debian$)/.test(version)) return undefined;
  // A snapshot's file carries the time of its build instead of the word.
  const base = version.replace(/-SNAPSHOT$/, '');
  if (!file.startsWith(`${artifact}-${base}`)) return undefined;
  const group = names.at(-2) === 'files-2.1' ? names.at(-1) : groupOf(names);
  // Debian keeps one directory for all versions, or for all of a series.
  const stated = version === 'debian' || version.endsWith('.x') ? undefined : version;
  return { ...withoutUndefined({ group, version: stated }), artifact };
}

function groupOf(names: readonly string[]): string | undefined {
  const last = names.findLastIndex((name) => roots.has(name));
  // A group may have such a name in it too, so a root with the beginning of a group behind it is the surer one.
  const surest = names.findLastIndex((name, index) => roots.has(name) && firstNames.has(names[index + 1] ?? ''));
  const root = surest >= 0 ? surest : last;
  const start = root >= 0 ? root + 1 : names.findIndex((name) => firstNames.has(name));
  const group = start < 0 ? [] : names.slice(start);
  return group.length > 0 && group.every((name) => /^[\w-]+$/.test(name)) ? group.join('.') : undefined;
}
