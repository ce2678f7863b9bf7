import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry } from './cache-entry.ts';
import { type LayoutImage, layoutImage } from './layout-image.ts';
import { npmPackageLayer } from './npm-package-layer.ts';
import { type LayerCompression, writeOciLayout } from './oci-layout.ts';
import { realImage } from './real-image.ts';

/** An image of the fleet. */
export interface FleetImage extends LayoutImage {
  readonly name: FleetImageName;
}

interface Recipe {
  /** The layer below the image's own; images with the same base share its blob. */
  readonly base: 'debian' | 'application' | undefined;
  readonly compression: LayerCompression;
  readonly architecture?: string;
}

const debian: Recipe = { base: 'debian', compression: 'gzip' };
const application: Recipe = { base: 'application', compression: 'zstd' };
const small: Recipe = { base: undefined, compression: 'gzip' };

/** What a cluster may run: two bases that images share, both compressions, two architectures. */
const recipes = {
  'web-1': debian,
  'web-2': debian,
  private: debian,
  corrupt: debian,
  'job-1': application,
  'job-2': application,
  setup: application,
  debugger: application,
  'multi-amd64': { ...application, architecture: 'amd64' },
  'multi-arm64': { ...application, architecture: 'arm64' },
  'left-out-1': small,
  'left-out-2': small,
  'left-out-3': small,
  'left-out-4': small,
  'left-out-5': small,
} satisfies Record<string, Recipe>;

/** The names of the images. */
export type FleetImageName = keyof typeof recipes;

/** Changes when the steps below change. */
const make = 2;

/** Makes the images, each with a layer of its own that has an npm package of the image's name. Slow the first time. */
export async function fleetImages(): Promise<ReadonlyMap<FleetImageName, FleetImage>> {
  const from = (await realImage()).layers();
  const inputs = { from: from.id, recipes, make };
  const directory = await cacheEntry('fleet-images', inputs, async (entry) => {
    for (const [name, recipe] of Object.entries(recipes)) await writeImage(entry, name, recipe, from.tars);
  });
  const images = new Map<FleetImageName, FleetImage>();
  for (const name of Object.keys(recipes) as FleetImageName[]) {
    images.set(name, { name, ...(await layoutImage(join(directory, name, 'layout'))) });
  }
  return images;
}

async function writeImage(
  directory: string,
  name: string,
  { base, compression, architecture }: Recipe,
  bases: { readonly debian: string; readonly application: string },
): Promise<void> {
  const folder = join(directory, name);
  await mkdir(folder);
  const own = await npmPackageLayer(folder, `fleet-${name}`, '1.0.0');
  const layers = [
    ...(base === undefined ? [] : [{ tar: bases[base], createdBy: base }]),
    { tar: own, createdBy: name },
  ];
  await writeOciLayout(join(folder, 'layout'), 'latest', layers, compression, architecture);
}
