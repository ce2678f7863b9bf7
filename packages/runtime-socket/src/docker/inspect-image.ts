import { RuntimeError } from '../runtime-error.ts';
import type { DockerClient } from './docker-client.ts';
import { type InspectedImage, imageSchema, libpodImageListSchema } from './engine-documents.ts';

/**
 * Asks Docker or Podman what it knows of an image. Podman tells the digest of an image's manifest but does not find the
 * image by it, which matters where its name means another image by now: there the list of images is asked.
 *
 * @throws RuntimeError `IMAGE_UNKNOWN`, and those of the connection
 */
export async function inspectImage(
  client: DockerClient,
  reference: string,
  signal: AbortSignal | undefined,
): Promise<InspectedImage> {
  const inspect = (name: string): Promise<InspectedImage> =>
    client.get(`/images/${encodeURIComponent(name)}/json`, imageSchema, signal);
  try {
    return await inspect(reference);
  } catch (error) {
    const isUnknown = error instanceof RuntimeError && error.code === 'IMAGE_UNKNOWN';
    if (!isUnknown || client.kind !== 'podman' || !/^sha(?:256|512):[0-9a-f]+$/.test(reference)) throw error;
    const images = await client.get('/libpod/images/json', libpodImageListSchema, signal);
    const found = images.find(({ Digest }) => Digest === reference);
    if (found === undefined) throw error;
    return inspect(found.Id);
  }
}
