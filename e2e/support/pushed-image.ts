import { runTool } from './run-tool.ts';

/** Media types of manifest, config and layers: OCI's or Docker's (schema 2). */
export type ManifestFormat = 'oci' | 'v2s2';

/** Where an image goes, and who is let in there. */
export interface PushTarget {
  /** `HOST:PORT/NAME:TAG` of a registry without TLS. */
  readonly reference: string;
  readonly format?: ManifestFormat;
  readonly user?: { readonly name: string; readonly password: string };
}

/** Pushes the image of an OCI layout (tag `latest`) with skopeo, its layers as they are. */
export async function pushImage(layout: string, target: PushTarget): Promise<void> {
  const { reference, format = 'oci', user } = target;
  await runTool('skopeo', [
    'copy',
    '--quiet',
    '--insecure-policy',
    '--dest-tls-verify=false',
    // Skopeo compresses plain layers for a registry unless digests must stay; another manifest format changes digests.
    ...(format === 'oci' ? ['--preserve-digests'] : ['--format', format]),
    ...(user ? ['--dest-creds', `${user.name}:${user.password}`] : []),
    `oci:${layout}:latest`,
    `docker://${reference}`,
  ]);
}

/** Writes the image of an OCI layout to an archive: as `docker save` does, or as a layout in a tar. */
export async function saveArchive(
  layout: string,
  format: 'docker-archive' | 'oci-archive',
  file: string,
  name: string,
): Promise<void> {
  await runTool('skopeo', [
    'copy',
    '--quiet',
    '--insecure-policy',
    `oci:${layout}:latest`,
    `${format}:${file}:${name}`,
  ]);
}
