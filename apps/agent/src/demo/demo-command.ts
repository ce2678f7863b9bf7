import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { FalconClient } from '@falcon-iar/falcon-api';
import { createFalconCloud } from '@falcon-iar/falcon-api/testing';
import { RegistryClient } from '@falcon-iar/oci-registry';
import { createRegistry } from '@falcon-iar/oci-registry/testing';
import {
  createByteBudget,
  defaultCatalogers,
  defaultMemoryBudget,
  type Inventory,
  summarize,
  toTable,
} from '@falcon-iar/sbom';
import { inventoryImage } from '../inventory/inventory-image.ts';
import { layersAtOnce } from '../inventory/layers-at-once.ts';
import { createLayerMemory, createSharedLayers } from '../inventory/shared-layers.ts';
import { encodeInventory, falconInventory } from '../scan/encode-inventory.ts';
import { sampleImage } from './sample-image.ts';

/** What the demonstration needs. */
export interface DemoOptions {
  /** Where the CycloneDX document and the stored inventory are written; made where it does not exist. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

const shownRows = 12;

/**
 * The main job from end to end, on loopback alone: makes a sample image from what is installed, serves it from a
 * registry in memory, scans it, delivers the inventory to an embedded double of the Falcon cloud, and shows it.
 */
export async function demo({ directory, signal }: DemoOptions): Promise<void> {
  note('making a sample image from what is installed here …');
  await mkdir(directory, { recursive: true });
  await using registry = await createRegistry();
  const pushed = await registry.push('sample/app', '1.0', await sampleImage());
  note(`serving it as ${pushed.reference}`);

  const started = performance.now();
  await using client = new RegistryClient();
  const image = await client.resolve(pushed.reference, { signal });
  let bytes = 0;
  const inventory = await inventoryImage(image, {
    ...{ catalogers: defaultCatalogers, budget: createByteBudget(defaultMemoryBudget), layersAtOnce, signal },
    layers: createSharedLayers(createLayerMemory()),
    onProgress: (length) => {
      bytes += length;
    },
  });
  const seconds = (performance.now() - started) / 1000;

  const context = { collectedAt: new Date(), originalImageName: pushed.reference };
  const sbom = join(directory, 'sbom.cdx.json');
  await writeFile(sbom, [...(await encodeInventory(inventory, 'cyclonedx-json', context))].join(''));
  const stored = await deliver(inventory, context, directory, signal);
  show(inventory, { sbom, stored, bytes, seconds });
}

/** Delivers an inventory and writes what the cloud has stored of it; gives the name of that file. */
async function deliver(
  inventory: Inventory,
  context: Parameters<typeof falconInventory>[1],
  directory: string,
  signal: AbortSignal,
): Promise<string> {
  await using cloud = await createFalconCloud();
  const { apiUrl, uploadUrl, clientId, clientSecret } = cloud;
  await using falcon = new FalconClient({ apiUrl, uploadUrl, credentials: { clientId, clientSecret } });
  await falcon.inventory.upload(await falconInventory(inventory, context), { signal });
  const { digest } = inventory.subject;
  const file = join(directory, `${digest.replace(':', '-')}.json`);
  await writeFile(file, JSON.stringify(cloud.stored.ofImage(digest)[0]?.request()));
  return file;
}

interface Results {
  readonly sbom: string;
  readonly stored: string;
  readonly bytes: number;
  readonly seconds: number;
}

function show(inventory: Inventory, { sbom, stored, bytes, seconds }: Results): void {
  const { packages, byType } = summarize(inventory);
  const counts = byType.map(({ type, packages: count }) => `${count} ${type}`).join(', ');
  const removed = inventory.whiteouts.map(({ path }) => `/${path}`).join(', ');
  const here = (path: string) => relative(process.cwd(), path) || path;
  process.stdout.write(
    `\n${toTable(inventory, { maxRows: shownRows })}
${packages} packages (${counts}) in ${inventory.layers.length} layers; the last one took away ${removed}
${(bytes / 1e6).toFixed(1)} MB read once, as a stream, in ${seconds.toFixed(1)} s; nothing was unpacked

CycloneDX 1.6            ${here(sbom)}
Delivered inventory      ${here(stored)}

Try next:
  ./iar scan debian:12                                 an image from a registry
  ./iar scan debian:12 -o cyclonedx-json=sbom.json     with a CycloneDX document
  ./iar falcon-cloud --help                            an embedded Falcon cloud that stays
  ./iar scan --help                                    everything else
`,
  );
}

function note(text: string): void {
  process.stderr.write(`iar: ${text}\n`);
}
