import { createHash } from 'node:crypto';
import { layerIndexVersion } from '@falcon-iar/layer-extract';
import { type Inventory, inventorySchema, layerFactsVersion } from '@falcon-iar/sbom';
import type { LayerRecord } from '../inventory/layer-record.ts';
import type { NewReport } from './report.ts';

/** A digest that belongs to a name. */
export function digestOf(name: string): string {
  return `sha256:${createHash('sha256').update(name).digest('hex')}`;
}

/** A layer of so many paths; half of the record cannot be compressed, as in a real one. */
export function layerRecord(name: string, paths = 3): LayerRecord {
  const hashes = Array.from({ length: paths }, (_, index) => createHash('sha256').update(`${name}/${index}`).digest());
  const entries = hashes.map((hash) => hash.subarray(0, 16)).sort(Buffer.compare);
  for (const entry of entries) entry[15]! &= 0xfc;
  return {
    index: {
      version: layerIndexVersion,
      entries: new Uint8Array(Buffer.concat(entries)),
      links: [{ path: 'bin', kind: 'symlink', target: 'usr/bin' }],
      whiteouts: ['etc/motd'],
      opaque: [],
    },
    facts: {
      version: layerFactsVersion,
      catalogers: ['files@1'],
      paths: hashes.slice(0, Math.ceil(paths / 2)).map((hash, index) => ({
        path: `usr/share/${name}/${index}`,
        kind: 'file',
        facts: { files: { sha256: hash.toString('hex'), size: index } },
      })),
      problems: [],
    },
    size: 1000 + paths,
  };
}

/** The inventory of an image with nothing in it but its name. */
export function inventoryOf(name: string): Inventory {
  const subject: Inventory['subject'] = {
    reference: `registry.example.com/${name}:1`,
    digest: digestOf(name),
    identity: 'manifest',
    configDigest: digestOf(`${name} config`),
    platform: { os: 'linux', architecture: 'amd64' },
    manifest: {},
    synthesized: false,
    config: {},
    layers: [],
  };
  const nothing = { packages: [], relationships: [], files: [], models: [], secrets: [], whiteouts: [], problems: [] };
  return { schema: inventorySchema, subject, layers: [], ...nothing, complete: true };
}

/** A report of an image that runs in the pod `pod`. */
export function reportOf(name: string, { pod = 'pod-0', scan = 'scan-1' } = {}): NewReport {
  const inventory = inventoryOf(name);
  return {
    identity: inventory.subject.digest,
    reference: inventory.subject.reference,
    collectedAt: '2025-06-01T10:00:00Z',
    scanId: `${name} ${scan}`,
    inventory,
    context: { namespace: 'shop', podName: pod },
  };
}
