import { createHash } from 'node:crypto';
import type { Container } from '../gen/containerd/containers_pb.ts';
import { Snapshots } from '../gen/containerd/snapshots_pb.ts';
import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import { imageConfigSchema } from '../image/image-config.ts';
import { RuntimeError } from '../runtime-error.ts';
import { parseDocument } from '../wire/parse-document.ts';
import { ContentStore } from './content-store.ts';
import { findManifest } from './find-manifest.ts';
import { findTarget } from './image-names.ts';

/** The image a container was made of, as it is stored. */
export interface RunningManifest {
  /** Digest of the platform's manifest. */
  readonly digest: string;
  /** What names of the image lead to: the manifest, or the index above it. */
  readonly target: string;
}

/** What containerd writes beside content so that it is kept: the layers of a config, the config of a manifest. */
const unpackedLabel = 'containerd.io/gc.ref.snapshot';
const configLabel = 'containerd.io/gc.ref.content.config';

/**
 * Finds the manifest of the image that a container really runs. The container only keeps the image's name, which may
 * mean another image by now; but its file system stands on the layers it was started with, and that tells.
 *
 * @returns undefined where the image is no longer stored
 * @throws RuntimeError of the connection
 */
export async function runningManifest(
  connection: GrpcConnection,
  { image, snapshotter, snapshotKey }: Container,
  signal: AbortSignal,
): Promise<RunningManifest | undefined> {
  const store = new ContentStore(connection);
  const base = await orAbsent(baseOf(connection, { snapshotter, key: snapshotKey }, signal));
  const named = image === '' ? undefined : await orAbsent(namedManifest(connection, store, image, signal));
  if (base === undefined || named?.chainId === base) return named;
  // Without its config nothing speaks against the name.
  if (named !== undefined && named.chainId === undefined) return named;
  return await unpackedManifest(store, { snapshotter, chainId: base }, signal);
}

interface NamedManifest extends RunningManifest {
  /** Of all its layers; absent where its config is not stored. */
  readonly chainId: string | undefined;
}

async function namedManifest(
  connection: GrpcConnection,
  store: ContentStore,
  image: string,
  signal: AbortSignal,
): Promise<NamedManifest> {
  const target = await findTarget(connection, image, signal);
  const { digest, manifest } = await findManifest(store, target, undefined, signal);
  const bytes = await orAbsent(store.document(manifest.config.digest, 'config', signal));
  const config = bytes && parseDocument(bytes, imageConfigSchema, `config ${manifest.config.digest}`);
  return { digest, target, chainId: config && chainIdOf(config.rootfs.diff_ids) };
}

/** The chain of layers that a container's own snapshot stands on. Another owner of the files adds its ids to the name. */
async function baseOf(
  connection: GrpcConnection,
  snapshot: { readonly snapshotter: string; readonly key: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  if (snapshot.key === '') return undefined;
  const { stat } = connection.client(Snapshots);
  const { info } = await connection.call('snapshots.Stat', (options) => stat(snapshot, options), { signal });
  return /^sha256:[0-9a-f]{64}/.exec(info?.parent ?? '')?.[0];
}

/** The only manifest whose layers were unpacked to that chain. */
async function unpackedManifest(
  store: ContentStore,
  { snapshotter, chainId }: { readonly snapshotter: string; readonly chainId: string },
  signal: AbortSignal,
): Promise<RunningManifest | undefined> {
  const configs = await store.labelled(`${unpackedLabel}.${snapshotter}`, chainId, signal);
  const manifests: string[] = [];
  for (const config of configs) manifests.push(...(await store.labelled(configLabel, config, signal)));
  const [digest, ...others] = new Set(manifests);
  return digest === undefined || others.length > 0 ? undefined : { digest, target: digest };
}

/** What names the snapshot of all layers together (image-spec, config.md "Layer ChainID"). */
function chainIdOf(diffIds: readonly string[]): string | undefined {
  const [lowest, ...rest] = diffIds;
  return rest.reduce((below, diffId) => `sha256:${sha256(`${below} ${diffId}`)}`, lowest ?? '') || undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** That something is not there, or not as it should be, is no error here; that nobody answers is. */
async function orAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const code = error instanceof RuntimeError ? error.code : undefined;
    if (code === undefined || code === 'UNAVAILABLE' || code === 'CLOSED') throw error;
    return undefined;
  }
}
