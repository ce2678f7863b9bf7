import type { DockerClient } from './docker-client.ts';
import { libpodImageSchema } from './engine-documents.ts';

/** What identifies an image. */
export interface ImageIdentity {
  readonly digest: string;
  readonly identity: 'manifest' | 'config';
}

/**
 * Podman knows the digest of the manifest an image was pulled with; Docker's own store keeps no manifests, so there the
 * config identifies the image.
 *
 * @throws RuntimeError `IMAGE_UNKNOWN`
 */
export async function imageIdentity(
  client: DockerClient,
  configDigest: string,
  signal: AbortSignal | undefined,
): Promise<ImageIdentity> {
  if (client.kind !== 'podman') return { digest: configDigest, identity: 'config' };
  const { Digest } = await client.get(
    `/libpod/images/${configDigest.replace(/^sha256:/, '')}/json`,
    libpodImageSchema,
    signal,
  );
  return Digest === undefined ? { digest: configDigest, identity: 'config' } : { digest: Digest, identity: 'manifest' };
}
