import type { FileLocation } from '../../catalog/file-view.ts';
import type { NpmFacts } from './facts.ts';
import type { LockedNpmPackage } from './locked-package.ts';
import type { NpmPackage } from './parse-package-json.ts';

/** A package that npm recorded, and where. */
export interface RecordedPackage {
  /** The record. */
  readonly location: FileLocation;
  /** Path of the package's directory. */
  readonly directory: string;
  readonly pkg: LockedNpmPackage;
}

/** What the package managers recorded when they installed. */
export interface InstallRecords {
  /** What was recorded of the package with the manifest at `path`, where the record is of the same name and version. */
  of(path: string, manifest: NpmPackage): LockedNpmPackage | undefined;
  /** All that npm recorded with a place. */
  readonly placed: readonly RecordedPackage[];
}

const treeRecord = 'node_modules/.package-lock.json';
const storeRecord = 'node_modules/.pnpm/lock.yaml';

/** Joins the records of an image. A record that a later change of the tree made untrue is passed over. */
export function createInstallRecords(entries: Iterable<FileLocation & { readonly facts: NpmFacts }>): InstallRecords {
  const placed: RecordedPackage[] = [];
  const byDirectory = new Map<string, LockedNpmPackage>();
  const byStore = new Map<string, Map<string, LockedNpmPackage>>();
  for (const { path, layer, facts } of entries) {
    if (facts.kind === 'manifest') continue;
    if (facts.kind === 'store') {
      const project = path.slice(0, -storeRecord.length);
      byStore.set(project, new Map(facts.packages.map((pkg) => [`${pkg.name}@${pkg.version}`, pkg])));
      continue;
    }
    const project = path.slice(0, -treeRecord.length);
    for (const pkg of facts.packages) {
      const directory = `${project}${pkg.key}`;
      placed.push({ location: { path, layer }, directory, pkg });
      byDirectory.set(directory, pkg);
    }
  }
  return {
    placed,
    of(path, { name, version }) {
      const inTree = byDirectory.get(path.slice(0, -'/package.json'.length));
      if (inTree !== undefined) return inTree.name === name && inTree.version === version ? inTree : undefined;
      const store = path.indexOf('node_modules/.pnpm/');
      return store < 0 ? undefined : byStore.get(path.slice(0, store))?.get(`${name}@${version}`);
    },
  };
}
