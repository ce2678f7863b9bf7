/** OCI image index (image-spec, image-index.md). */
export const ociIndexType = 'application/vnd.oci.image.index.v1+json';
/** OCI image manifest (image-spec, manifest.md). */
export const ociManifestType = 'application/vnd.oci.image.manifest.v1+json';
/** OCI image configuration (image-spec, config.md). */
export const ociConfigType = 'application/vnd.oci.image.config.v1+json';
/** Layer types of image-spec, layer.md. */
export const ociLayerType = 'application/vnd.oci.image.layer.v1.tar';
/** Docker's index, "manifest list" (distribution, manifest-v2-2). */
export const dockerIndexType = 'application/vnd.docker.distribution.manifest.list.v2+json';
/** Docker's manifest, version 2 schema 2. */
export const dockerManifestType = 'application/vnd.docker.distribution.manifest.v2+json';
/** Docker's image configuration. */
export const dockerConfigType = 'application/vnd.docker.container.image.v1+json';
/** Docker's uncompressed layer. */
export const dockerLayerType = 'application/vnd.docker.image.rootfs.diff.tar';

const indexTypes: ReadonlySet<string> = new Set([ociIndexType, dockerIndexType]);
const manifestTypes: ReadonlySet<string> = new Set([ociManifestType, dockerManifestType]);

/** `Accept` header for a manifest: every type this package reads. */
export const manifestAccept: string = [ociIndexType, ociManifestType, dockerIndexType, dockerManifestType].join(', ');

/** Whether a media type is that of an index. */
export function isIndexType(mediaType: string): boolean {
  return indexTypes.has(mediaType);
}

/** Whether a media type is that of an image manifest. */
export function isManifestType(mediaType: string): boolean {
  return manifestTypes.has(mediaType);
}

/** Whether a media type is Docker's schema 1, signed or not. */
export function isSchema1Type(mediaType: string): boolean {
  return /^application\/vnd\.docker\.distribution\.manifest\.v1\+(?:json|prettyjws)$/.test(mediaType);
}

/** Whether a config of this type describes a container image. Some old builders push it as an octet stream. */
export function isImageConfigType(mediaType: string): boolean {
  return mediaType === ociConfigType || mediaType === dockerConfigType || mediaType === 'application/octet-stream';
}

/** Whether a layer may be kept outside of the registry: Docker's foreign, OCI's nondistributable layers. */
export function isForeignLayerType(mediaType: string): boolean {
  return /\.foreign\.|\.nondistributable\./.test(mediaType);
}

/** A `Content-Type` without its parameters, in lower case. */
export function bareMediaType(contentType: string | undefined): string | undefined {
  const bare = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return bare === '' ? undefined : bare;
}
