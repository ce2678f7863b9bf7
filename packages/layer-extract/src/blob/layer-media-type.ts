import { ExtractError } from '../extract-error.ts';

/** How a blob is compressed. */
export type Compression = 'none' | 'gzip' | 'zstd';

const suffixes: ReadonlyMap<string, Compression> = new Map([
  ['', 'none'],
  ['+gzip', 'gzip'],
  ['.gzip', 'gzip'],
  ['+zstd', 'zstd'],
  ['.zstd', 'zstd'],
]);

// image-spec layer.md and media-types.md; Docker's image manifest schema 2; its schema 1 for `container.image`.
const layerBases: readonly string[] = [
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.nondistributable.v1.tar',
  'application/vnd.docker.image.rootfs.diff.tar',
  'application/vnd.docker.image.rootfs.foreign.diff.tar',
];

// Archives that do not come from a registry: exports, caches, files on disk.
const archiveTypes: ReadonlyMap<string, Compression | undefined> = new Map([
  ['application/tar', 'none'],
  ['application/x-tar', 'none'],
  ['application/x-gtar', 'none'],
  ['application/tar+gzip', 'gzip'],
  ['application/x-tar+gzip', 'gzip'],
  ['application/gzip', 'gzip'],
  ['application/x-gzip', 'gzip'],
  ['application/zstd', 'zstd'],
  // Docker's schema 1 says nothing of the compression.
  ['application/vnd.docker.container.image.rootfs.diff+x-gtar', undefined],
]);

/**
 * The compression that a layer's media type declares; undefined where the type leaves it open.
 *
 * @throws ExtractError `MEDIA_TYPE_UNKNOWN` for anything that is no filesystem layer (charts, signatures, attestations,
 * WebAssembly), `COMPRESSION_UNSUPPORTED` for a layer type with a suffix other than gzip and zstd.
 */
export function declaredCompression(mediaType: string): Compression | undefined {
  const type = mediaType.split(';', 1)[0]!.trim().toLowerCase();
  if (archiveTypes.has(type)) return archiveTypes.get(type);
  for (const base of layerBases) {
    if (!type.startsWith(base)) continue;
    const suffix = type.slice(base.length);
    const compression = suffixes.get(suffix);
    if (compression !== undefined) return compression;
    // `.tarball` would be another type, `+xz` and `+gzip+encrypted` are this one in a form we cannot read.
    if (suffix.startsWith('+') || suffix.startsWith('.')) throw unsupported(type, suffix);
  }
  throw new ExtractError('MEDIA_TYPE_UNKNOWN', `layer, media type ${quoted(type)}: it names no filesystem layer`, {
    hint: 'such a blob belongs to an artifact, not to an image; select layers by their media type',
  });
}

function unsupported(type: string, suffix: string): ExtractError {
  const what = suffix.endsWith('+encrypted') ? 'the layer is encrypted' : 'only gzip and zstd are read';
  return new ExtractError('COMPRESSION_UNSUPPORTED', `layer, media type ${quoted(type)}: ${what}`);
}

function quoted(type: string): string {
  return JSON.stringify(type.length > 100 ? `${type.slice(0, 100)}…` : type);
}
