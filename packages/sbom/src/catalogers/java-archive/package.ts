import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { firstLayers } from '../first-layers.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { JavaArchive, JavaArchiveFacts, JavaPackage } from './facts.ts';
import { linkedCoordinates, namedByLink } from './linked-coordinates.ts';

/** A package and where it lies. */
interface Found {
  readonly key: string;
  /** The file of the image that it lies in. */
  readonly file: string;
  readonly occurrence: PackageFinding['occurrence'];
  readonly pkg: JavaPackage;
  /** SHA-1 of the archive that the package is; absent where it was copied into another one. */
  readonly sha1: string | undefined;
}

/**
 * The Java packages of the image. The occurrence of one in an archive within an archive has the path by which Java names
 * it, `app.jar!/BOOT-INF/lib/a.jar`. What a package needs is looked for in its own file, then beside it, then anywhere,
 * where it must be the only one.
 */
export function* javaFindings(view: ImageView<JavaArchiveFacts>): Iterable<Finding> {
  const found = Array.from(foundPackages(view));
  // A package may be an archive in one place and copied into another elsewhere: it is the one package, with its hash.
  const archives = new Map<string, Found>();
  for (const candidate of found)
    if (candidate.pkg.embedded === undefined) setFirst(archives, nameOf(candidate), candidate);
  for (const each of found) yield findingOf(each, archives.get(nameOf(each)) ?? each);
  yield* dependencies(found);
}

function* foundPackages(view: ImageView<JavaArchiveFacts>): Iterable<Found> {
  const linked = linkedCoordinates(view);
  for (const { path: file, layer, facts } of view.all()) {
    const introduced = firstLayers(view.history(file), identities);
    for (const archive of facts.archives) {
      const path = archive.inner === undefined ? file : `${file}!/${archive.inner}`;
      for (const [index, stated] of archive.packages.entries()) {
        const pkg = archive.inner === undefined ? namedByLink(stated, linked.get(file)) : stated;
        const occurrence = { path, layer, introducedIn: introduced.get(identityOf(archive, stated)) ?? layer };
        yield { key: `${path}#${index}`, file, occurrence, pkg, sha1: pkg.embedded ? undefined : archive.sha1 };
      }
    }
  }
}

function findingOf({ key, occurrence, pkg }: Found, { sha1, pkg: { embedded } }: Found): PackageFinding {
  const { group, artifact, version, evidence, classifier, packaging } = pkg;
  const { licenses = [], supplier, description, homepage } = pkg;
  return {
    ...{ kind: 'package', key, type: 'maven', class: 'language', namespace: group, name: artifact, version },
    ...{ licenses, supplier, description, homepage },
    ...(sha1 !== undefined && { hashes: [{ algorithm: 'SHA-1', content: sha1 }] }),
    // Without a version a name says little; the content then tells one archive from another of the same name.
    ...(version === '' && sha1 !== undefined && { qualifiers: { checksum: `sha1:${sha1}` } }),
    details: withoutUndefined({ evidence, classifier, packaging, embedded }),
    occurrence,
  };
}

/** One name for all places of a package; archives without a version are told apart by their content. */
function nameOf({ pkg: { group = '', artifact, version }, sha1 = '' }: Found): string {
  return [group, artifact, version, version === '' ? sha1 : ''].join('\0');
}

function* identities({ archives }: JavaArchiveFacts): Iterable<string> {
  for (const archive of archives) for (const pkg of archive.packages) yield identityOf(archive, pkg);
}

function identityOf({ inner = '' }: JavaArchive, { group = '', artifact, version }: JavaPackage): string {
  return [inner, group, artifact, version].join('\0');
}

function* dependencies(found: readonly Found[]): Iterable<Finding> {
  const providers = new Map<string, Found[]>();
  for (const candidate of found) {
    const { group, artifact } = candidate.pkg;
    const name = `${group ?? ''}:${artifact}`;
    const known = providers.get(name);
    if (known === undefined) providers.set(name, [candidate]);
    else known.push(candidate);
  }
  const nearest = createNearest(providers);
  for (const { key, file, pkg } of found) {
    for (const need of pkg.needs ?? []) {
      const to = nearest(file, need);
      if (to !== undefined && to !== key) yield { kind: 'depends-on', from: key, to };
    }
  }
}

/** Finds the package that a need is met by, each name and place looked up once. */
function createNearest(
  providers: ReadonlyMap<string, readonly Found[]>,
): (file: string, need: string) => string | undefined {
  const inFile = new Map<string, Found>();
  const beside = new Map<string, Found>();
  for (const [name, candidates] of providers) {
    for (const candidate of candidates) {
      setFirst(inFile, `${candidate.file}\0${name}`, candidate);
      setFirst(beside, `${directoryOf(candidate.file)}\0${name}`, candidate);
    }
  }
  return (file, need) => {
    // Where the manifest alone spoke, the group may be unknown.
    for (const name of [need, need.slice(need.indexOf(':'))]) {
      const near = inFile.get(`${file}\0${name}`) ?? beside.get(`${directoryOf(file)}\0${name}`);
      if (near !== undefined) return near.key;
      const anywhere = providers.get(name) ?? [];
      const [only] = anywhere;
      if (only !== undefined && anywhere.every(({ pkg }) => pkg.version === only.pkg.version)) return only.key;
    }
    return undefined;
  };
}

function setFirst(map: Map<string, Found>, key: string, value: Found): void {
  if (!map.has(key)) map.set(key, value);
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
