import type { InventoryLayer } from '../../model/inventory.ts';
import type { Package } from '../../model/package.ts';
import { indexedNames, type PropertyEntry } from './properties.ts';

/** What Trivy calls package types whose name is not the purl type. */
const trivyTypes: ReadonlyMap<string, string> = new Map([
  ['npm', 'node-pkg'],
  ['pypi', 'python-pkg'],
  ['gem', 'gemspec'],
  ['maven', 'jar'],
]);

/**
 * Properties under the names that Trivy reads back from a document: it finds a package's source and layer only there.
 * Nearly in order already, which makes sorting them cheap.
 */
export function trivyEntries(
  pkg: Package,
  layers: readonly InventoryLayer[],
  distroId: string | undefined,
): PropertyEntry[] {
  const [first] = pkg.occurrences;
  const layer = first && layers[first.layer];
  const entries: PropertyEntry[] = [
    ['aquasecurity:trivy:FilePath', pkg.class === 'os' ? undefined : first?.path],
    ['aquasecurity:trivy:LayerDiffID', layer?.diffId],
    ['aquasecurity:trivy:LayerDigest', layer?.digest],
    ['aquasecurity:trivy:PkgID', `${pkg.name}@${pkg.version}`],
    ['aquasecurity:trivy:PkgType', pkg.class === 'os' ? distroId : (trivyTypes.get(pkg.type) ?? pkg.type)],
  ];
  if (pkg.class !== 'os') return entries;
  const source = splitVersion(pkg.type, pkg.source?.version ?? pkg.version);
  entries.push(
    ['aquasecurity:trivy:SrcEpoch', source.epoch],
    ['aquasecurity:trivy:SrcName', pkg.source?.name ?? pkg.name],
    ['aquasecurity:trivy:SrcRelease', source.release],
    ['aquasecurity:trivy:SrcVersion', source.version],
  );
  return entries;
}

const locationNames = indexedNames((index) => ({
  layer: `syft:location:${index}:layerID`,
  path: `syft:location:${index}:path`,
}));

/** CPEs and locations under Syft's names, which have become common. */
export function syftEntries(pkg: Package, layers: readonly InventoryLayer[]): PropertyEntry[] {
  const entries = (pkg.cpes ?? []).map((cpe): PropertyEntry => ['syft:cpe23', cpe]);
  for (const [index, occurrence] of pkg.occurrences.entries()) {
    const at = locationNames(index);
    entries.push([at.layer, layers[occurrence.layer]?.diffId], [at.path, `/${occurrence.path}`]);
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
