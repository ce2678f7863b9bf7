import type { FileLocation, ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { baseName } from '../../catalog/path-selection.ts';
import type { BinaryClass } from './binary-class.ts';
import type { ClassIndex } from './class-index.ts';
import { cpeName } from './cpe-name.ts';
import type { FoundVersion } from './version-search.ts';

/** What the classes that know a file found in it. */
export interface ClassifierFacts {
  readonly found: readonly FoundVersion[];
}

/** A program or library whose bytes told its version. */
interface Stated extends FileLocation {
  readonly found: FoundVersion & { readonly version: string };
}

/** The packages of all classified files; a program that leaves its version to a library takes it from there. */
export function* classifierFindings(view: ImageView<ClassifierFacts>, index: ClassIndex): Iterable<Finding> {
  const stated = statedVersions(view, index);
  for (const { path, layer, facts } of view.all()) {
    for (const found of facts.found) {
      const binaryClass = index.classOf(found.class);
      if (binaryClass === undefined) continue;
      const since = introducedIn(view, found, { path, layer });
      const place = { path, layer, introducedIn: since };
      if (found.version !== undefined) yield packageOf(binaryClass, found.version, place);
      else if (found.library !== undefined) {
        const library = libraryOf(view, stated.get(binaryClass.name) ?? [], path, found.library);
        if (library === undefined) continue;
        // Only since both are there has the image the program at this version.
        const both = { ...place, introducedIn: Math.max(since, introducedIn(view, library.found, library)) };
        yield packageOf(binaryClass, library.found.version, both, library.path);
      }
    }
  }
}

/** By the name of the package: a library may have a class of its own. */
function statedVersions(view: ImageView<ClassifierFacts>, index: ClassIndex): ReadonlyMap<string, Stated[]> {
  const stated = new Map<string, Stated[]>();
  for (const { path, layer, facts } of view.all()) {
    for (const found of facts.found) {
      const { class: id, version } = found;
      const name = index.classOf(id)?.name;
      if (version === undefined || name === undefined) continue;
      const ofName = stated.get(name) ?? [];
      stated.set(name, ofName);
      ofName.push({ path, layer, found: { class: id, version } });
    }
  }
  return stated;
}

/**
 * The library of that name, as itself or through a link beside it; of several the one that shares most of its path with
 * the program, as the trees of two versions lie beside each other.
 */
function libraryOf(
  view: ImageView<ClassifierFacts>,
  candidates: readonly Stated[],
  program: string,
  library: string,
): Stated | undefined {
  let nearest: Stated | undefined;
  for (const candidate of candidates) {
    if (nearest !== undefined && shared(candidate.path, program) <= shared(nearest.path, program)) continue;
    const wanted = `${candidate.path.slice(0, candidate.path.lastIndexOf('/') + 1)}${library}`;
    if (baseName(candidate.path) === library || view.resolve(wanted)?.path === candidate.path) nearest = candidate;
  }
  return nearest;
}

/** Directories that two paths have in common. */
function shared(one: string, other: string): number {
  const [a, b] = [one.split('/'), other.split('/')];
  const end = a.findIndex((name, at) => name !== b[at]);
  return end < 0 ? a.length : end;
}

/** The first layer in which the file said the same. */
function introducedIn(view: ImageView<ClassifierFacts>, found: FoundVersion, { path, layer }: FileLocation): number {
  const same = (other: FoundVersion): boolean =>
    other.class === found.class && other.version === found.version && other.library === found.library;
  for (const version of view.history(path)) if (version.facts?.found.some(same)) return version.layer;
  return layer;
}

function packageOf(
  { id, type = 'generic', namespace, name, cpes }: BinaryClass,
  version: string,
  occurrence: PackageFinding['occurrence'],
  library?: string,
): PackageFinding {
  return {
    ...{ kind: 'package', key: `${occurrence.path}|${id}`, type, class: 'binary', name },
    ...(namespace !== undefined && { namespace }),
    // Versions of Go modules begin with a `v`.
    version: type === 'golang' ? `v${version}` : version,
    cpes: cpes.map((product) => cpeName(product, version)),
    details: { classifier: id, ...(library !== undefined && { library }) },
    occurrence,
  };
}
