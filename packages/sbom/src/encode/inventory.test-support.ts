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

/** An inventory with everything that an inventory can hold. */
export const fullInventory: Inventory = testInventory({
  distro: {
    ...{ id: 'debian', versionId: '12', name: 'Debian', prettyName: 'Debian 12', versionCodename: 'bookworm' },
    ...{ idLike: ['x', 'y'], buildId: 'b', variantId: 'v', extendedSupport: false, path: 'usr/lib/os-release' },
    ...{ layer: 0, cpeName: 'cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*' },
  },
  packages: [
    testPackage('libc6', {
      ...{ version: '1:2.36-9+b1', architecture: 'amd64', description: 'C library\nfor all', namespace: 'n' },
      ...{ supplier: 'GNU Libc Maintainers <debian-glibc@lists.debian.org>', homepage: 'https://www.gnu.org/' },
      ...{ source: { name: 'glibc', version: '1:2.36-9' }, licenses: ['LGPL-2.1', 'BSD', 'GPL-2+ or MIT'] },
      hashes: [{ algorithm: 'SHA-256', content: 'a'.repeat(64) }],
      cpes: ['no cpe', 'cpe:2.3:a:gnu:glibc:2.36:*:*:*:*:*:*:*'],
      details: { section: 'libs', installedSize: 1024, essential: true, nested: { list: [1, null, 'x'] } },
      occurrences: [{ path: 'var/lib/dpkg/status', layer: 1, introducedIn: 0 }],
    }),
    testPackage('core', {
      ...{ type: 'npm', class: 'language', namespace: '@babel', purl: 'pkg:npm/%40babel/core@1', cataloger: 'npm' },
      ...{ licenses: ['(MIT OR ISC)', 'LicenseRef-Own'], scope: 'declared' },
      occurrences: [{ path: 'app/package.json', layer: 0, introducedIn: 0, ownedBy: 'pkg-libc6' }],
    }),
  ],
  relationships: [{ type: 'depends-on', from: 'pkg-core', to: 'pkg-libc6' }],
  files: [
    {
      ...{ path: 'bin/sh', layer: 0, format: 'elf', size: 7, mode: 0o755, sha256: 'b'.repeat(64) },
      ...{ details: { buildId: 'abc' }, ownedBy: 'pkg-libc6' },
    },
    { path: 'opt/run', layer: 1, format: 'script', size: 7, mode: 0o755, sha256: 'd'.repeat(64), details: {} },
  ],
  models: [{ path: 'm/x.gguf', layer: 1, format: 'gguf', size: 9, sha256: 'c'.repeat(64), details: { heads: 1 } }],
  secrets: [{ path: 's', layer: 0, line: 1, rule: 'r', name: 'n', hash: 'h', masked: 'top…secret' }],
  whiteouts: [{ path: 'gone', layer: 1, opaque: false }],
  problems: [{ cataloger: 'npm', path: 'a/package.json', code: 'malformed', reason: 'not JSON', layer: 1 }],
  omitted: { declared: 3 },
  complete: false,
});
