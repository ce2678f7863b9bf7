import type { Cataloger, CatalogerDescription, ExtractContext, SelectedFile, Selection } from '../catalog/cataloger.ts';
import type { ImageView } from '../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../catalog/finding.ts';
import { firstLayers } from './first-layers.ts';

/**
 * A package as one file states it. Plain JSON: absent instead of undefined where it is kept, so build it with
 * `withoutUndefined`.
 */
export interface StatedPackage extends Omit<PackageFinding, 'kind' | 'key' | 'occurrence'> {
  /** What other packages of the same file call it. Default `name@version`. */
  readonly key?: string;
  /** Keys of packages of the same file that it needs. Keys that nobody has are passed over. */
  readonly dependsOn?: readonly string[];
}

/** Facts of a file that lists packages, or is one. */
export interface PackageListFacts {
  readonly packages: readonly StatedPackage[];
}

/** What {@link packageListCataloger} needs to know of a package system. */
export interface PackageListOptions {
  readonly name: string;
  readonly version: string;
  readonly description: CatalogerDescription;
  readonly select: Selection;
  readonly isolate?: Cataloger['isolate'];
  /** What one regular file states; undefined or empty where it is none of this system's. */
  read(file: SelectedFile, context: ExtractContext): Promise<readonly StatedPackage[] | undefined>;
}

/**
 * A cataloger for a system whose files each say by themselves which packages are there: lock files, manifests, archives
 * and binaries that carry a list. What needs more than one file to be understood declares a cataloger of its own.
 */
export function packageListCataloger(options: PackageListOptions): Cataloger<PackageListFacts> {
  const { name, version, description, select, isolate, read } = options;
  return {
    ...{ name, version, description, select, ...(isolate && { isolate }) },
    async extract(file, context) {
      if (file.kind !== 'file') return undefined;
      const packages = await read(file, context);
      return packages === undefined || packages.length === 0 ? undefined : { packages };
    },
    assemble: listedPackages,
  };
}

/** The packages of all files of one cataloger, each with the layer that first stated it in that file. */
export function* listedPackages(view: ImageView<PackageListFacts>): Iterable<Finding> {
  for (const { path, layer, facts } of view.all()) {
    const introduced = firstLayers(view.history(path), ({ packages }) => packages.map(identityOf));
    for (const stated of facts.packages) {
      const { key: _, dependsOn = [], ...fields } = stated;
      const key = `${path}|${keyOf(stated)}`;
      const introducedIn = introduced.get(identityOf(stated)) ?? layer;
      yield { kind: 'package', key, ...fields, occurrence: { path, layer, introducedIn } };
      for (const to of dependsOn) yield { kind: 'depends-on', from: key, to: `${path}|${to}` };
    }
  }
}

function keyOf({ key, name, version }: StatedPackage): string {
  return key ?? `${name}@${version}`;
}

function identityOf({ type, namespace, name, version, architecture }: StatedPackage): string {
  return [type, namespace ?? '', name, version, architecture ?? ''].join('\0');
}
