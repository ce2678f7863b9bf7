import type { LicenseReader, StatedLicense } from '../../license/stated-license.ts';
import type { InventoryLayer } from '../../model/inventory.ts';
import type { Package } from '../../model/package.ts';
import { isCpe } from '../cpe.ts';
import { webAddress } from '../web-address.ts';
import type { CycloneDxComponent, CycloneDxEvidence, CycloneDxExternalReference } from './document.ts';
import { syftEntries, trivyEntries } from './interoperable-properties.ts';
import { cycloneDxLicenses } from './licenses.ts';
import { detailEntries, indexedNames, type PropertyEntry, properties, propertyNamespace } from './properties.ts';
import { cycloneDxVersion } from './version.ts';

/** A package database or manifest is the package system's own word; what a binary shows may be a copy or an echo. */
const confidences: Readonly<Record<Package['class'], number>> = { os: 1, language: 1, binary: 0.8 };

/** What all packages of one document have in common. */
export interface PackageSurroundings {
  readonly layers: readonly InventoryLayer[];
  /** `ID` of the distribution. */
  readonly distroId: string | undefined;
  readonly readLicenses: LicenseReader;
}

/**
 * A package as a component. Its `bom-ref` is the package's id. What is declared and not installed has the scope
 * `optional`, which is the standard's word for what is not there to be called.
 */
export function packageComponent(pkg: Package, surroundings: PackageSurroundings): CycloneDxComponent {
  const { layers, distroId, readLicenses } = surroundings;
  const stated = readLicenses(pkg.licenses);
  const licenses = cycloneDxLicenses(stated);
  const cpe = pkg.cpes?.find(isCpe);
  const references = externalReferences(pkg);
  return {
    type: 'library',
    'bom-ref': pkg.id,
    ...(pkg.supplier !== undefined && { supplier: { name: pkg.supplier } }),
    ...(pkg.namespace !== undefined && { group: pkg.namespace }),
    name: pkg.name,
    version: cycloneDxVersion(pkg.version),
    ...(pkg.description !== undefined && { description: pkg.description }),
    ...(pkg.scope === 'declared' && { scope: 'optional' }),
    ...(pkg.hashes && { hashes: pkg.hashes.map(({ algorithm, content }) => ({ alg: algorithm, content })) }),
    ...(licenses && { licenses }),
    ...(cpe !== undefined && { cpe }),
    purl: pkg.purl,
    ...(references.length > 0 && { externalReferences: references }),
    evidence: evidence(pkg),
    properties: properties([
      ...trivyEntries(pkg, layers, distroId),
      ...ownEntries(pkg, layers, stated),
      ...syftEntries(pkg, layers),
    ]),
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

const name = (suffix: string): string => `${propertyNamespace}:${suffix}`;
const names = {
  architecture: name('package:architecture'),
  cataloger: name('package:cataloger'),
  class: name('package:class'),
  scope: name('package:scope'),
  statedLicense: name('package:statedLicense'),
  type: name('package:type'),
  sourceName: name('source:name'),
  sourceVersion: name('source:version'),
} as const;

const locationNames = indexedNames((index) => {
  const at = (suffix: string): string => name(`location:${index}:${suffix}`);
  return {
    ...{ diffId: at('diffId'), introducedIn: at('introducedIn'), layer: at('layer') },
    ...{ layerDigest: at('layerDigest'), ownedBy: at('ownedBy'), path: at('path') },
  };
});

/** Nearly in order already, which makes sorting them cheap. */
function ownEntries(
  pkg: Package,
  layers: readonly InventoryLayer[],
  licenses: readonly StatedLicense[],
): PropertyEntry[] {
  const entries = detailEntries(pkg.type, pkg.details);
  for (const [index, { path, layer, introducedIn, ownedBy }] of pkg.occurrences.entries()) {
    const at = locationNames(index);
    entries.push([at.diffId, layers[layer]?.diffId], [at.introducedIn, introducedIn], [at.layer, layer]);
    entries.push([at.layerDigest, layers[layer]?.digest], [at.ownedBy, ownedBy], [at.path, `/${path}`]);
  }
  entries.push([names.architecture, pkg.architecture], [names.cataloger, pkg.cataloger]);
  entries.push([names.class, pkg.class], [names.scope, pkg.scope]);
  // What was stated, where the component's licences say it in other words.
  for (const { stated, expression } of licenses) {
    if (expression !== undefined && expression !== stated) entries.push([names.statedLicense, stated]);
  }
  entries.push(
    [names.type, pkg.type],
    [names.sourceName, pkg.source?.name],
    [names.sourceVersion, pkg.source?.version],
  );
  return entries;
}
