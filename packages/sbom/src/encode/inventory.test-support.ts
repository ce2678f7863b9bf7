import { subjectFor } from '../assemble/image.test-support.ts';
import { type Inventory, inventorySchema } from '../model/inventory.ts';
import type { Package } from '../model/package.ts';

/** A package of which only the name matters. */
export function testPackage(name: string, fields: Partial<Package> = {}): Package {
  return {
    id: `pkg-${name}`,
    ...{ type: 'deb', class: 'os', scope: 'installed', name, version: '1', licenses: [], cataloger: 'dpkg' },
    purl: `pkg:deb/debian/${name}@1`,
    occurrences: [{ path: 'var/lib/dpkg/status', layer: 0, introducedIn: 0 }],
    details: {},
    ...fields,
  };
}

/** An inventory of two layers with nothing in it but what is passed. */
export function testInventory(fields: Partial<Inventory> = {}): Inventory {
  const subject = subjectFor([{}, {}]);
  return {
    schema: inventorySchema,
    subject,
    layers: subject.layers.map((layer, index) => ({ ...layer, index, diffId: `sha256:${String(index).repeat(64)}` })),
    ...{ packages: [], relationships: [], files: [], models: [], secrets: [], whiteouts: [], problems: [] },
    complete: true,
    ...fields,
  };
}
