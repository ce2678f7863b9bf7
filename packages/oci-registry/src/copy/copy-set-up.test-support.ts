import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Image } from '../image/image.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type ImageSpec, type IndexSpec, type PushedImage, type TestRegistry } from '../testing.ts';

/** A folder for the time of a test. */
export async function testFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'falcon-iar-copy-'));
  untilTestEnds({ [Symbol.asyncDispose]: () => rm(path, { recursive: true }) });
  return path;
}

/** A client that waits for nothing. */
export function testClient(): RegistryClient {
  return untilTestEnds(new RegistryClient({ retry: { sleep: () => Promise.resolve() } }));
}

/** What copies are tested with. */
export interface CopySetUp {
  readonly registry: TestRegistry;
  readonly client: RegistryClient;
  /** `team/app:1`. */
  readonly pushed: PushedImage;
  readonly directory: string;
}

/** A registry with one image, and a folder to copy it to. */
export async function setUpCopy(spec: ImageSpec | IndexSpec = {}): Promise<CopySetUp> {
  const registry = untilTestEnds(await createRegistry());
  const pushed = await registry.push('team/app', '1', spec);
  return { registry, client: testClient(), pushed, directory: await testFolder() };
}

/** The platforms of {@link severalPlatforms}. */
export const platforms = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64' },
  { os: 'linux', architecture: 's390x' },
] as const;

/** An index with attestations; these are all alike, so they are one manifest. */
export const severalPlatforms: IndexSpec = {
  images: platforms.map((platform) => ({ platform, layers: [{ entries: [{ path: platform.architecture }] }] })),
  attestations: true,
};

/** Reads every layer to its end, and so verifies it; the number of bytes. */
export async function readWhole(image: Image): Promise<number> {
  let bytes = 0;
  for (const layer of image.layers) for await (const chunk of layer.open()) bytes += chunk.length;
  return bytes;
}
