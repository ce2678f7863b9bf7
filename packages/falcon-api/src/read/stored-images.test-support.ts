import { onTestFinished } from 'vitest';
import { fullInventoryScanRequest } from '../testing/full-request.ts';
import { InventoryStore } from '../testing/inventory-store.ts';
import type { ReadSideOptions } from '../testing/read/read-options.ts';
import { readRoutes } from '../testing/read/read-routes.ts';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import { deskOver, type RouteDesk } from './read-desk.test-support.ts';
import { createReadSide, type ReadSide } from './read-side.ts';

/** Digest of the image that `shopImage` is of. */
export const shopDigest: string = fullInventoryScanRequest().inventory.ImageInfo.Digest;

/** An inventory with bash, left-pad and everything else the schema knows; of another image where a number is given. */
export function shopImage(image: number = 0, more: Partial<InventoryScanRequest> = {}): InventoryScanRequest {
  const full = fullInventoryScanRequest();
  const { inventory } = full;
  const name = { Digest: `sha256:${String(image).padStart(64, 'a')}`, Tag: `1.${image}` };
  const ImageInfo = image === 0 ? inventory.ImageInfo : { ...inventory.ImageInfo, ...name };
  return { ...full, ...more, inventory: { ...inventory, ImageInfo } };
}

/** Findings of every kind in `shopImage`. */
export const shopFindings: ReadSideOptions = {
  vulnerabilities: [
    {
      cveId: 'CVE-2026-0001',
      packageName: 'bash',
      packageVersion: '5.2.15-2+b2',
      severity: 'critical',
      cvssScore: 9.8,
      description: 'a shell that does what it is told',
      fixedVersion: '5.3',
      publishedAt: '2026-01-02T03:04:05Z',
      exploited: true,
    },
    { cveId: 'CVE-2026-0002', packageName: 'left-pad', severity: 'low' },
    { cveId: 'CVE-2026-0003', packageName: 'bash', packageVersion: 'another', severity: 'high' },
  ],
  detections: [
    { id: 'd-1', type: 'secret', name: 'api-key', severity: 'high', title: 'A key' },
    { id: 'd-2', type: 'malware', name: 'worm', severity: 'critical', imageDigest: 'sha256:other' },
  ],
};

/** The read side over stored inventories. */
export function readSideOver(
  requests: readonly InventoryScanRequest[],
  options: ReadSideOptions = shopFindings,
): RouteDesk & { readonly read: ReadSide; readonly store: InventoryStore } {
  const store = new InventoryStore(undefined, 2 ** 30);
  onTestFinished(() => store.close());
  for (const [index, request] of requests.entries()) {
    store.add(request, 'upload', 1_786_000_000_000 + index * 1000);
  }
  const { desk, calls } = deskOver(readRoutes(store, options));
  return { read: createReadSide(desk), desk, calls, store };
}
