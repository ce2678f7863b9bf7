import type { BuiltLayer } from '@falcon-iar/layer-extract/testing';
import { digestOf, type RegistryClient } from '@falcon-iar/oci-registry';
import { hostArchitecture } from './oci-layout.ts';

/**
 * Pushes an image whose only layer is one made in memory; the annotations of the layer stand in its descriptor, as the
 * builders of seekable layers leave them.
 *
 * @param reference `HOST:PORT/NAME:TAG`
 */
export async function pushLayer(client: RegistryClient, reference: string, layer: BuiltLayer): Promise<void> {
  const config = documentOf('application/vnd.oci.image.config.v1+json', {
    architecture: hostArchitecture,
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [layer.diffId] },
  });
  const { mediaType, digest, size, annotations } = layer;
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = documentOf(manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    config: config.descriptor,
    layers: [{ mediaType, digest, size, annotations }],
  });
  await client.pushBlob(reference, { digest, size }, () => layer.open());
  await client.pushBlob(reference, config.descriptor, () => once(config.bytes));
  await client.pushManifest(reference, { ...manifest.descriptor, bytes: manifest.bytes });
}

function documentOf(mediaType: string, content: unknown) {
  const bytes = Buffer.from(JSON.stringify(content));
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.byteLength } };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
