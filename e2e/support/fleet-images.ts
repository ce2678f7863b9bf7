import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { cacheEntry } from './cache-entry.ts';
import { type LayerCompression, writeOciLayout } from './oci-layout.ts';
import { realImage } from './real-image.ts';
import { blobOf } from './small-image.ts';

/** An image of the fleet, as an OCI image layout with the tag `latest`. */
export interface FleetImage {
  readonly name: FleetImageName;
  readonly layout: string;
  readonly manifestDigest: string;
  readonly configDigest: string;
  /** As stored, base first. */
  readonly layerDigests: readonly string[];
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
const make = 1;

/** Makes the images, each with a layer of its own that has an npm package of the image's name. Slow the first time. */
export async function fleetImages(): Promise<ReadonlyMap<FleetImageName, FleetImage>> {
  const from = (await realImage()).layers();
  const inputs = { from: from.id, recipes, make };
  const directory = await cacheEntry('fleet-images', inputs, async (entry) => {
    for (const [name, recipe] of Object.entries(recipes)) await writeImage(entry, name, recipe, from.tars);
  });
  const images = Object.keys(recipes).map((name) => describe(directory, name as FleetImageName));
  return new Map((await Promise.all(images)).map((image) => [image.name, image]));
}

async function writeImage(
  directory: string,
  name: string,
  { base, compression, architecture }: Recipe,
  bases: { readonly debian: string; readonly application: string },
): Promise<void> {
  const folder = join(directory, name);
  await mkdir(folder);
  const own = join(folder, 'own.tar');
  const tar = pack();
  const manifest = JSON.stringify({ name: `fleet-${name}`, version: '1.0.0', license: 'MIT' });
  tar.entry({ name: `srv/node_modules/fleet-${name}/package.json`, mtime: new Date(0) }, manifest);
  tar.finalize();
  await pipeline(tar, createWriteStream(own));
  const layers = [
    ...(base === undefined ? [] : [{ tar: bases[base], createdBy: base }]),
    { tar: own, createdBy: name },
  ];
  await writeOciLayout(join(folder, 'layout'), 'latest', layers, compression, architecture);
  await rm(own);
}

async function describe(directory: string, name: FleetImageName): Promise<FleetImage> {
  const layout = join(directory, name, 'layout');
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as { manifests: { digest: string }[] };
  const manifestDigest = index.manifests[0]!.digest;
  const manifest = JSON.parse(await readFile(blobOf(layout, manifestDigest), 'utf8')) as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  const layerDigests = manifest.layers.map(({ digest }) => digest);
  return { name, layout, manifestDigest, configDigest: manifest.config.digest, layerDigests };
}
