import type { Pom } from '../maven-pom/parse-pom.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { bundleGroup } from './bundle-group.ts';
import type { JavaEvidence, JavaPackage } from './facts.ts';
import { knownGroup } from './known-groups.ts';
import { type EmbeddedProject, mainProject } from './main-project.ts';
import { manifestText, manifestToken, manifestVersion, symbolicName } from './manifest-values.ts';
import { type ArchiveFileName, parseFileName } from './parse-file-name.ts';
import type { JarManifest } from './parse-manifest.ts';
import type { PomCoordinates } from './parse-pom-properties.ts';
import { repositoryCoordinates } from './repository-path.ts';

/** All that an archive tells of itself. */
export interface ArchiveEvidence {
  /** Path of the archive. */
  readonly path: string;
  readonly manifest: JarManifest;
  /** Projects whose data lies in the archive, each once. */
  readonly projects: readonly EmbeddedProject[];
  /** Whether there is code in it: an archive without may go unnamed. */
  readonly hasClasses: boolean;
}

/** Needs of one package that are taken; no real one comes near. */
const maxNeeds = 500;

/** The archive's own data, before it is turned into a package. */
interface Identity extends PomCoordinates {
  readonly artifact: string;
  readonly evidence: JavaEvidence;
}

/**
 * The packages in one archive. First the one that the archive is: by the Maven data in it that fits its name, else by
 * its place in a repository, its manifest and its name. Then those whose Maven data was copied in with their classes.
 *
 * An archive with code that states no version is given with an empty one, so that its hash is not lost.
 */
export function identifyArchive(evidence: ArchiveEvidence): JavaPackage[] {
  const fileName = parseFileName(stemOf(evidence.path));
  const place = repositoryCoordinates(evidence.path);
  const main = mainProject({ ...evidence, fileName, place });
  const identity = main === undefined ? guess(evidence, fileName, place) : ofProject(main, evidence, fileName, place);
  const packages: JavaPackage[] = [];
  if (identity !== undefined && (identity.version !== undefined || evidence.hasClasses)) {
    packages.push(archivePackage(identity, main?.pom, evidence.manifest, fileName.classifier));
  }
  const own = packages[0];
  for (const project of evidence.projects) {
    const embedded = project === main ? undefined : projectPackage(project);
    const same = own?.artifact === embedded?.artifact && own?.version === embedded?.version;
    if (embedded !== undefined && !same) packages.push({ ...embedded, embedded: true });
  }
  return packages;
}

/** The package of a project by its Maven data alone. */
export function projectPackage({ group, artifact, version, pom, source }: EmbeddedProject): JavaPackage | undefined {
  if (artifact === undefined || version === undefined) return undefined;
  return {
    ...withoutUndefined({ group }),
    ...{ artifact, version, evidence: source },
    ...pomFields(pom),
  };
}

function ofProject(
  main: EmbeddedProject,
  { manifest }: ArchiveEvidence,
  fileName: ArchiveFileName,
  place: PomCoordinates | undefined,
): Identity | undefined {
  if (main.artifact === undefined) return undefined;
  const version = main.version ?? place?.version ?? fileVersion(fileName) ?? manifestVersion(manifest);
  const group = main.group ?? place?.group ?? knownGroup(main.artifact);
  return { ...withoutUndefined({ group, version }), artifact: main.artifact, evidence: main.source };
}

/** Without Maven data: place, manifest, name. */
function guess(
  { path, manifest, hasClasses }: ArchiveEvidence,
  fileName: ArchiveFileName,
  place: PomCoordinates | undefined,
): Identity | undefined {
  // Modules of the JDK are parts of it. Others than Java archives may have these names too, and nothing of Java in them.
  if (path.toLowerCase().endsWith('.jmod') || (manifest.size === 0 && !hasClasses)) return undefined;
  const ivy = ivyTitle(manifest);
  const named = nameOf(manifest, fileName);
  const artifact = place?.artifact ?? manifestToken(manifest, 'short-name') ?? ivy?.artifact ?? named.artifact;
  if (!isPlainToken(artifact)) return undefined;
  const version = place?.version ?? ivy?.version ?? fileVersion(fileName) ?? manifestVersion(manifest);
  const group = place?.group ?? manifestToken(manifest, 'group-id') ?? ivy?.group ?? groupOf(manifest, artifact);
  const byManifest = manifest.has('short-name') || ivy !== undefined || named.evidence === 'manifest';
  const evidence = place === undefined ? (byManifest ? 'manifest' : 'file name') : 'repository path';
  return { ...withoutUndefined({ group, version }), artifact, evidence };
}

/** Names that people give to an archive when they put it into an image; its manifest knows better. */
const genericName =
  /^(?:app|application|main|root|server|service|run|runner|start|launcher|program|api|web|webapp|target|boot)$/i;

function nameOf(
  manifest: JarManifest,
  { name, version }: ArchiveFileName,
): { artifact: string; evidence: JavaEvidence } {
  const trusted = version !== undefined && !version.endsWith('.x');
  if (trusted || (version === undefined && !genericName.test(name))) return { artifact: name, evidence: 'file name' };
  const title = manifestToken(manifest, 'implementation-title') ?? symbolicName(manifest);
  return title === undefined ? { artifact: name, evidence: 'file name' } : { artifact: title, evidence: 'manifest' };
}

function groupOf(manifest: JarManifest, artifact: string): string | undefined {
  const known = knownGroup(artifact);
  if (known !== undefined) return known;
  const vendor = manifestToken(manifest, 'implementation-vendor-id');
  if (
    vendor !== undefined &&
    vendor !== 'org.apache' &&
    (vendor === artifact || /^[a-z]\w*(?:\.[\w-]+)+$/i.test(vendor))
  )
    return vendor;
  for (const name of [symbolicName(manifest), manifestToken(manifest, 'automatic-module-name')]) {
    const group = name === undefined ? undefined : bundleGroup(name, artifact);
    if (group !== undefined) return group;
  }
  return undefined;
}

/** `group#artifact;version`, which Ivy and some Gradle plugins write into the title. */
function ivyTitle(manifest: JarManifest): PomCoordinates | undefined {
  const title = manifest.get('implementation-title') ?? '';
  const [, group, artifact, version] = /^([\w.-]{1,200})#([\w.-]{1,200});([\w.+-]{1,200})$/.exec(title) ?? [];
  return group !== undefined && artifact !== undefined && version !== undefined
    ? { group, artifact, version }
    : undefined;
}

/** The version in the file's name; Debian puts `3.x` there for any of them. */
function fileVersion({ version }: ArchiveFileName): string | undefined {
  return version === undefined || version.endsWith('.x') || !isPlainToken(version) ? undefined : version;
}

function archivePackage(
  { group, artifact, version, evidence }: Identity,
  pom: Pom | undefined,
  manifest: JarManifest,
  classifier: string | undefined,
): JavaPackage {
  const stated = withoutUndefined({
    ...{ group, classifier },
    supplier: manifestText(manifest, 'implementation-vendor') ?? manifestText(manifest, 'bundle-vendor'),
    description: manifestText(manifest, 'bundle-description'),
    homepage: manifestText(manifest, 'bundle-docurl'),
  });
  const licenses = bundleLicenses(manifest);
  return {
    ...stated,
    ...(licenses.length > 0 && { licenses }),
    ...{ artifact, version: version ?? '', evidence },
    ...pomFields(pom),
  };
}

function pomFields(pom: Pom | undefined): Partial<JavaPackage> {
  if (pom === undefined) return {};
  const { packaging, description, homepage, organization, licenses, dependencies } = pom;
  const shipped = dependencies.filter(
    ({ scope, optional }) => !optional && (scope === 'compile' || scope === 'runtime'),
  );
  const needs = Array.from(new Set(shipped.map(({ group, artifact }) => `${group}:${artifact}`)))
    .sort()
    .slice(0, maxNeeds);
  return {
    ...withoutUndefined({ packaging, description, homepage, supplier: organization }),
    ...(licenses.length > 0 && { licenses }),
    ...(needs.length > 0 && { needs }),
  };
}

/** Names or addresses of `Bundle-License` (OSGi Core 3.2.1.10), without what is said of each. */
function bundleLicenses(manifest: JarManifest): string[] {
  const value = manifest.get('bundle-license')?.slice(0, 2_048) ?? '';
  const clauses = value.match(/(?:"[^"]*"|[^",])+/g) ?? [];
  const names = clauses.map((clause) => (clause.split(';')[0] ?? '').replaceAll('"', '').trim());
  return names.filter((name) => name !== '').slice(0, 20);
}

function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.slice(0, Math.min(name.lastIndexOf('.') < 0 ? name.length : name.lastIndexOf('.'), 255));
}
