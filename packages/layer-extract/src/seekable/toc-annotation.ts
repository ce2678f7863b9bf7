/** What the descriptor of a layer says of its table of contents. */
export interface TocAnnotations {
  /** Digest of the table's JSON. */
  readonly digest: string | undefined;
  /** Digest of the table as zstd:chunked stores it, compressed. */
  readonly storedDigest: string | undefined;
  /** `offset:stored length:length:type` of the table of zstd:chunked, decimal, in bytes; the type is 1. */
  readonly position: string | undefined;
}

/** Name of the annotation with the digest of the JSON (stargz-snapshotter, `docs/estargz.md`). */
export const jsonDigestName = 'containerd.io/snapshot/stargz/toc.digest';

/** Where the annotations of zstd:chunked begin (containers/storage, `pkg/chunked`); older writers had the second. */
export const chunkedNames: readonly [string, string] = [
  'io.github.containers.zstd-chunked.',
  'io.containers.zstd-chunked.',
];

/** Picks the annotations that vouch for a table of contents or tell its place. */
export function readTocAnnotations(annotations: Readonly<Record<string, string>> = {}): TocAnnotations {
  const chunked = (name: string): string | undefined =>
    chunkedNames.map((prefix) => annotations[`${prefix}${name}`]).find((value) => value !== undefined);
  return {
    digest: annotations[jsonDigestName],
    storedDigest: chunked('manifest-checksum'),
    position: chunked('manifest-position'),
  };
}
