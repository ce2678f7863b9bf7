import type { InventoryLayer } from '../../model/inventory.ts';
import type { Package } from '../../model/package.ts';
import type { CycloneDxComponent, CycloneDxEvidence, CycloneDxExternalReference } from './document.ts';
import { interoperableEntries } from './interoperable-properties.ts';
import { cycloneDxLicenses } from './licenses.ts';
import { detailEntries, type PropertyEntry, properties, propertyNamespace } from './properties.ts';

/** A package database or manifest is the package system's own word; what a binary shows may be a copy or an echo. */
const confidences: Readonly<Record<Package['class'], number>> = { os: 1, language: 1, binary: 0.8 };

/** A package as a component. Its `bom-ref` is the package's id. */
export function packageComponent(
  pkg: Package,
  layers: readonly InventoryLayer[],
  distroId: string | undefined,
): CycloneDxComponent {
  const licenses = cycloneDxLicenses(pkg.licenses);
  const references = externalReferences(pkg);
  return {
    type: 'library',
    'bom-ref': pkg.id,
    ...(pkg.supplier !== undefined && { supplier: { name: pkg.supplier } }),
    ...(pkg.namespace !== undefined && { group: pkg.namespace }),
    name: pkg.name,
    version: pkg.version,
    ...(pkg.description !== undefined && { description: pkg.description }),
    ...(pkg.hashes && { hashes: pkg.hashes.map(({ algorithm, content }) => ({ alg: algorithm, content })) }),
    ...(licenses && { licenses }),
    purl: pkg.purl,
    ...(references.length > 0 && { externalReferences: references }),
    evidence: evidence(pkg),
    properties: properties([...ownEntries(pkg, layers), ...interoperableEntries(pkg, layers, distroId)]),
  };
}

function evidence(pkg: Package): CycloneDxEvidence {
  const confidence = confidences[pkg.class];
  const technique = pkg.class === 'binary' ? 'binary-analysis' : 'manifest-analysis';
  const locations = pkg.occurrences.map(({ path }) => `/${path}`);
  const methods = locations.map((value) => ({ technique, confidence, value }) as const);
  return {
    identity: [{ field: 'purl', confidence, methods }],
    occurrences: locations.map((location) => ({ location })),
  };
}

function externalReferences({ homepage, details }: Package): CycloneDxExternalReference[] {
  const references: CycloneDxExternalReference[] = [];
  const website = webAddress(homepage);
  if (website !== undefined) references.push({ type: 'website', url: website });
  const repository = typeof details.repository === 'string' ? webAddress(details.repository) : undefined;
  if (repository !== undefined) references.push({ type: 'vcs', url: repository });
  return references;
}

/** Only what is a web address beyond doubt; metadata has prose and e-mail addresses in these fields as well. */
function webAddress(text: string | undefined): string | undefined {
  const address = text?.replace(/^git\+(?=https?:)/, '');
  if (address === undefined || !/^https?:\/\//i.test(address)) return undefined;
  const url = URL.parse(address)?.href;
  return url !== undefined && /^[!#$%&'()*+,./0-9:;=?@A-Z[\]_a-z~-]+$/.test(url) ? url : undefined;
}

function ownEntries(pkg: Package, layers: readonly InventoryLayer[]): PropertyEntry[] {
  const name = (suffix: string) => `${propertyNamespace}:${suffix}`;
  const entries: PropertyEntry[] = [
    [name('package:architecture'), pkg.architecture],
    [name('package:cataloger'), pkg.cataloger],
    [name('package:class'), pkg.class],
    [name('package:scope'), pkg.scope],
    [name('package:type'), pkg.type],
    [name('source:name'), pkg.source?.name],
    [name('source:version'), pkg.source?.version],
    ...detailEntries(pkg.type, pkg.details),
  ];
  for (const [index, { path, layer, introducedIn, ownedBy }] of pkg.occurrences.entries()) {
    const at = (suffix: string) => name(`location:${index}:${suffix}`);
    entries.push([at('path'), `/${path}`], [at('layer'), layer], [at('introducedIn'), introducedIn]);
    entries.push([at('layerDigest'), layers[layer]?.digest], [at('diffId'), layers[layer]?.diffId]);
    entries.push([at('ownedBy'), ownedBy]);
  }
  return entries;
}
