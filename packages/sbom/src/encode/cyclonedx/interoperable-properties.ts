import type { InventoryLayer } from '../../model/inventory.ts';
import type { Package } from '../../model/package.ts';
import type { PropertyEntry } from './properties.ts';

/** What Trivy calls package types whose name is not the purl type. */
const trivyTypes: Readonly<Record<string, string>> = {
  npm: 'node-pkg',
  pypi: 'python-pkg',
  gem: 'gemspec',
  maven: 'jar',
};

/**
 * Properties under the names that other tools read back from a document: Trivy finds a package's source and layer only
 * there, and Syft's names for locations have become common.
 */
export function interoperableEntries(
  pkg: Package,
  layers: readonly InventoryLayer[],
  distroId: string | undefined,
): PropertyEntry[] {
  const trivy = (suffix: string) => `aquasecurity:trivy:${suffix}`;
  const [first] = pkg.occurrences;
  const layer = first && layers[first.layer];
  const entries: PropertyEntry[] = [
    [trivy('PkgID'), `${pkg.name}@${pkg.version}`],
    [trivy('PkgType'), pkg.class === 'os' ? distroId : (trivyTypes[pkg.type] ?? pkg.type)],
    [trivy('LayerDigest'), layer?.digest],
    [trivy('LayerDiffID'), layer?.diffId],
  ];
  if (pkg.class === 'os') {
    const source = splitVersion(pkg.type, pkg.source?.version ?? pkg.version);
    entries.push([trivy('SrcName'), pkg.source?.name ?? pkg.name], [trivy('SrcVersion'), source.version]);
    entries.push([trivy('SrcEpoch'), source.epoch], [trivy('SrcRelease'), source.release]);
  } else entries.push([trivy('FilePath'), first?.path]);
  for (const [index, occurrence] of pkg.occurrences.entries()) {
    entries.push([`syft:location:${index}:path`, `/${occurrence.path}`]);
    entries.push([`syft:location:${index}:layerID`, layers[occurrence.layer]?.diffId]);
  }
  return entries;
}

interface SplitVersion {
  readonly epoch?: string | undefined;
  readonly version: string;
  readonly release?: string | undefined;
}

/** Debian and RPM versions in their three parts, `[epoch:]version[-release]`; others are left whole. */
function splitVersion(type: string, version: string): SplitVersion {
  if (type !== 'deb' && type !== 'rpm') return { version };
  const epoch = /^\d+(?=:)/.exec(version)?.[0];
  const rest = epoch === undefined ? version : version.slice(epoch.length + 1);
  const dash = rest.lastIndexOf('-');
  return dash < 0 ? { epoch, version: rest } : { epoch, version: rest.slice(0, dash), release: rest.slice(dash + 1) };
}
