import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CopyResult,
  type CopyTo,
  createDockerArchive,
  createOciArchive,
  createOciLayout,
  hostPlatform,
  type Platform,
  type RegistryClient,
} from '@falcon-iar/oci-registry';
import { copyListener, reportCopy } from './copy-report.ts';
import type { ChoiceOptions, ImagesContext } from './images-options.ts';
import { type PullTarget, parsePullTarget } from './pull-target.ts';
import { chosenPlatform, findVendorImage } from './vendor-image.ts';
import { findVersion, openRegistries } from './vendor-registry.ts';

/**
 * `iar images pull TARGET`: brings one version to this machine. A layout and an oci-archive get all platforms unless one
 * is asked for; an engine and a docker-archive, which have one image under a name, get the one for this machine.
 */
export async function pull(text: string | undefined, options: ChoiceOptions, context: ImagesContext): Promise<void> {
  const target = parsePullTarget(text, context.env.CONTAINER_TOOL);
  const platform = platformFor(target, options);
  const vendor = await findVendorImage(options, context);
  await using client = await openRegistries(vendor, options, context);
  const tag = await findVersion(client, vendor, options, context.signal);
  const reference = `${vendor.registry}/${vendor.image.repository}:${tag}`;
  const bring = (to: CopyTo): Promise<CopyResult> =>
    client.copy(reference, to, {
      platforms: platform,
      onProgress: copyListener(options, context),
      signal: context.signal,
    });
  const { result, place } = await put(target, { reference, tag, platform, bring, context });
  reportCopy(reference, result, options, context);
  context.stdout.write(`Image pulled to: ${place}\n`);
}

function platformFor({ kind }: PullTarget, options: ChoiceOptions): Platform | undefined {
  const chosen = chosenPlatform(options);
  if (chosen !== undefined) return { os: chosen.os, architecture: chosen.architecture };
  return kind === 'engine' || kind === 'docker-archive' ? hostPlatform() : undefined;
}

interface Pull {
  readonly reference: string;
  readonly tag: string;
  readonly platform: Platform | undefined;
  readonly bring: (to: CopyTo) => ReturnType<RegistryClient['copy']>;
  readonly context: ImagesContext;
}

interface Pulled {
  readonly result: CopyResult;
  /** The target as it can be given to `iar scan`. */
  readonly place: string;
}

async function put(target: PullTarget, pulling: Pull): Promise<Pulled> {
  const { reference, bring } = pulling;
  switch (target.kind) {
    case 'oci-layout': {
      const { path, tag = pulling.tag } = target;
      return { result: await bring({ target: createOciLayout(path), name: tag }), place: `oci-layout:${path}:${tag}` };
    }
    case 'oci-archive': {
      const { path } = target;
      return { result: await bring({ target: createOciArchive(path), name: reference }), place: `oci-archive:${path}` };
    }
    case 'docker-archive': {
      const result = await bring({ target: dockerArchive(target.path, pulling), name: reference });
      return { result, place: `docker-archive:${target.path}` };
    }
    case 'engine':
      return { result: await putIntoEngine(target.engine, pulling), place: `${target.engine}:${reference}` };
  }
}

function dockerArchive(path: string, { platform }: Pull): ReturnType<typeof createDockerArchive> {
  return createDockerArchive(path, { platform });
}

/** An engine's API takes an archive of which it wants to know the length. */
async function putIntoEngine(engine: 'docker' | 'podman', pulling: Pull): Promise<CopyResult> {
  const { reference, bring, context } = pulling;
  const [{ loadIntoEngine }, { runtimeEndpoint }] = await Promise.all([
    import('./load-into-engine.ts'),
    import('../scan/runtime-endpoint.ts'),
  ]);
  const { socketPath } = runtimeEndpoint(engine, context.env);
  const folder = await mkdtemp(join(context.env.IAR_SCRATCH_DIR || tmpdir(), 'iar-pull-'));
  try {
    const file = join(folder, 'image.tar');
    const result = await bring({ target: dockerArchive(file, pulling), name: reference });
    await loadIntoEngine(file, socketPath, context.signal);
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
