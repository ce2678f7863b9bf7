import type { ImageFacts } from './image-facts.ts';
import type { Severity } from './read-options.ts';

/** The report of an image as a CycloneDX bill of materials: its packages and what they are vulnerable to. */
export function toCycloneDxReport(image: ImageFacts): Readonly<Record<string, unknown>> {
  const { ImageInfo } = image.request.inventory;
  const refs = new Map(image.packages.map((item, index) => [item, `package-${index}`]));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${image.id}`,
    version: 1,
    metadata: {
      timestamp: image.lastSeen,
      component: { type: 'container', name: ImageInfo.Repository ?? '', version: ImageInfo.Digest },
    },
    components: image.packages.map((item) => ({
      type: 'library',
      'bom-ref': refs.get(item),
      name: item.name,
      version: item.version,
    })),
    vulnerabilities: image.vulnerabilities.map(({ seed, in: item }) => ({
      id: seed.cveId,
      ratings: [{ severity: seed.severity === 'negligible' ? 'info' : seed.severity, score: seed.cvssScore ?? 0 }],
      description: seed.description ?? '',
      affects: [{ ref: refs.get(item) }],
    })),
  };
}

const levels: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  negligible: 'none',
};

/** The report of an image as a SARIF log: a result for each vulnerability and each detection. */
export function toSarifReport(image: ImageFacts): Readonly<Record<string, unknown>> {
  const { Repository = '', Digest } = image.request.inventory.ImageInfo;
  const locations = [{ physicalLocation: { artifactLocation: { uri: `${Repository}@${Digest}` } } }];
  const results = [
    ...image.vulnerabilities.map(({ seed, in: item }) => ({
      ruleId: seed.cveId,
      level: levels[seed.severity],
      message: { text: `${item.name} ${item.version}` },
      locations,
    })),
    ...image.detections.map((seed) => ({
      ruleId: seed.id,
      level: levels[seed.severity],
      message: { text: seed.title ?? seed.name },
      locations,
    })),
  ];
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].map((id) => ({ id }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'double', rules } }, results }],
  };
}
