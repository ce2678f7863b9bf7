import type { FileLocation, ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { firstLayers } from '../first-layers.ts';
import type { NpmFacts } from './facts.ts';
import { createInstallRecords, type InstallRecords } from './install-records.ts';
import { type LockedNpmPackage, lockDetails, lockedNpmPackage } from './locked-package.ts';
import { npmManifestPackage } from './manifest-package.ts';
import { createNodeResolver } from './node-resolution.ts';
import { parseIntegrity } from './parse-integrity.ts';
import type { NpmPackage } from './parse-package-json.ts';

/** The npm packages of the image, and what each finds when it asks Node.js for what it needs. */
export function* npmFindings(view: ImageView<NpmFacts>): Iterable<Finding> {
  const found = new Map<string, FileLocation & { readonly pkg: NpmPackage }>();
  for (const { path, layer, facts } of view.all()) {
    if (facts.kind === 'manifest') found.set(path, { path, layer, pkg: facts.pkg });
  }
  const records = createInstallRecords(view.all());
  const resolver = createNodeResolver(found, view);
  let reported = false;
  for (const { path, layer, pkg } of found.values()) {
    const introduced = firstLayers(view.history(path), identities);
    const occurrence = { path, layer, introducedIn: introduced.get(identity(pkg)) ?? layer };
    yield { kind: 'package', key: path, ...stated(pkg, records.of(path, pkg)), occurrence };
    for (const to of resolver.resolve(path, pkg.dependencies ?? [])) yield { kind: 'depends-on', from: path, to };
    if (resolver.exhausted && !reported) {
      reported = true;
      yield { kind: 'problem', path, code: 'too-large', reason: 'too many dependencies, the rest was not followed' };
    }
  }
  yield* packagesWithoutManifest(records, found, view);
}

/** What npm installed and is still there, although somebody took its manifest away to make the image smaller. */
function* packagesWithoutManifest(
  { placed }: InstallRecords,
  found: ReadonlyMap<string, unknown>,
  view: ImageView<NpmFacts>,
): Iterable<Finding> {
  const introduced = new Map<string, ReadonlyMap<string, number>>();
  for (const { location, directory, pkg } of placed) {
    if (found.has(`${directory}/package.json`) || !view.exists(directory)) continue;
    const { path, layer } = location;
    const first = introduced.get(path) ?? firstLayers(view.history(path), identities);
    introduced.set(path, first);
    const { key: _, ...fields } = lockedNpmPackage(pkg);
    const occurrence = { path, layer, introducedIn: first.get(identity(pkg)) ?? layer };
    yield { kind: 'package', key: directory, ...fields, scope: 'installed', occurrence };
  }
}

function stated(
  pkg: NpmPackage,
  record: LockedNpmPackage | undefined,
): Omit<PackageFinding, 'kind' | 'key' | 'occurrence'> {
  const { key: _, ...fields } = npmManifestPackage(pkg);
  if (record === undefined) return fields;
  const hashes = record.integrity === undefined ? [] : parseIntegrity(record.integrity);
  return { ...fields, ...(hashes.length > 0 && { hashes }), details: { ...fields.details, ...lockDetails(record) } };
}

function* identities(facts: NpmFacts): Iterable<string> {
  if (facts.kind === 'manifest') yield identity(facts.pkg);
  else yield* facts.packages.map(identity);
}

function identity({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}@${version}`;
}
