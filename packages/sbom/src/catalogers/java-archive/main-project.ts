import type { Pom } from '../maven-pom/parse-pom.ts';
import { manifestToken, manifestVersion, symbolicName } from './manifest-values.ts';
import type { ArchiveFileName } from './parse-file-name.ts';
import type { JarManifest } from './parse-manifest.ts';
import type { PomCoordinates } from './parse-pom-properties.ts';

/** A project whose Maven data lies in an archive: its own, or that of a library copied in. */
export interface EmbeddedProject extends PomCoordinates {
  readonly source: 'pom.properties' | 'pom.xml';
  readonly pom?: Pom;
}

/** What tells which project an archive is. */
export interface ProjectClues {
  readonly projects: readonly EmbeddedProject[];
  readonly manifest: JarManifest;
  readonly fileName: ArchiveFileName;
  readonly place: PomCoordinates | undefined;
}

/**
 * The project that an archive was made of, among those whose data lies in it. Where archives are merged into one, the data
 * of all of them come along, and the right one may be none of them.
 */
export function mainProject(clues: ProjectClues): EmbeddedProject | undefined {
  let best: { project: EmbeddedProject; weight: number } | undefined;
  for (const project of clues.projects) {
    const found = weight(project, clues);
    if (found > (best?.weight ?? 0)) best = { project, weight: found };
  }
  return best?.project;
}

function weight(project: EmbeddedProject, { projects, manifest, fileName, place }: ProjectClues): number {
  const { artifact, version } = project;
  if (artifact === undefined) return 0;
  if (place !== undefined) return place.artifact === artifact ? 9 : 0;
  const byName = fileName.name === artifact || `${fileName.name}-${fileName.version}` === artifact;
  const sameVersion = version !== undefined && fileName.version === version;
  if (byName) return sameVersion ? 8 : 7;
  if (namedByManifest(project, manifest)) return 6;
  // A longer name of the same version: `my-lib-core` as `acme-my-lib-core-1.2.jar`.
  if (sameVersion && fileName.name.endsWith(artifact)) return 5;
  if (projects.length > 1 || (fileName.version !== undefined && version !== undefined && !sameVersion)) return 0;
  // The only one there. Where the manifest has a version, it must be the same: a lone library may have been copied in.
  const stated = manifestVersion(manifest);
  return stated === undefined || version === undefined || sameNumbers(stated, version) ? 4 : 0;
}

function namedByManifest({ group, artifact, version }: EmbeddedProject, manifest: JarManifest): boolean {
  const stated = manifestVersion(manifest);
  if (stated !== undefined && version !== undefined && !sameNumbers(stated, version)) return false;
  const names = ['implementation-title', 'short-name', 'automatic-module-name', 'specification-title'].map((name) =>
    manifestToken(manifest, name),
  );
  const whole = `${group}.${artifact}`;
  return [...names, symbolicName(manifest)].some((name) => name === artifact || name === whole);
}

/** `31.1-jre` and `31.1.0.jre`: the forms of one version in Maven and in OSGi begin with the same numbers. */
function sameNumbers(one: string, other: string): boolean {
  const [first, second] = [numbers(one), numbers(other)];
  const length = Math.min(first.length, second.length);
  return length > 0 && first.slice(0, length).every((number, index) => number === second[index]);
}

function numbers(version: string): string[] {
  return (/^v?(\d+(?:\.\d+)*)/i.exec(version)?.[1] ?? '').split('.').filter((number) => number !== '');
}
