import type { ImageManifest } from '../image/manifest.ts';
import { formatPlatform, hostPlatform, type Platform, servesPlatform } from '../image/platform.ts';
import { RuntimeError } from '../runtime-error.ts';
import { parseDocument } from '../wire/parse-document.ts';
import type { ContentStore } from './content-store.ts';
import { type IndexEntry, indexSchema, manifestSchema, shapeSchema } from './oci-documents.ts';

/** A manifest of the content store, verified. */
export interface FoundManifest {
  readonly digest: string;
  readonly manifest: ImageManifest;
  /** Digest of the outermost index it was chosen from. */
  readonly indexDigest?: string;
}

/** How deep indexes may be nested. */
const deepest = 4;

/**
 * Reads the manifest that a digest leads to, through indexes if need be.
 *
 * @param wanted the platform; where it is absent, this machine's, or the only one there is
 * @throws RuntimeError `PLATFORM_MISMATCH`, `CONTENT_DISCARDED`, `DIGEST_INVALID`, `INVALID_RESPONSE`
 */
export async function findManifest(
  store: ContentStore,
  target: string,
  wanted: Platform | undefined,
  signal: AbortSignal | undefined,
): Promise<FoundManifest> {
  let digest = target;
  for (let depth = 0; depth < deepest; depth++) {
    const bytes = await store.document(digest, 'manifest', signal);
    const where = `manifest ${digest}`;
    if (!parseDocument(bytes, shapeSchema, where).isIndex) {
      const manifest = parseDocument(bytes, manifestSchema, where);
      return { digest, manifest, ...(digest !== target && { indexDigest: target }) };
    }
    digest = chooseEntry(parseDocument(bytes, indexSchema, where).manifests, wanted, where).digest;
  }
  throw new RuntimeError('INVALID_RESPONSE', `manifest ${target}: indexes are nested more than ${deepest} deep`);
}

function chooseEntry(entries: readonly IndexEntry[], wanted: Platform | undefined, where: string): IndexEntry {
  const images = entries.filter((entry) => entry.platform?.os !== 'unknown');
  const platform = wanted ?? hostPlatform();
  const fitting = images.find((entry) => entry.platform && servesPlatform(platform, toPlatform(entry.platform)));
  if (fitting) return fitting;
  const [only] = images;
  if (only && images.length === 1 && (wanted === undefined || only.platform === undefined)) return only;
  const offered = images.map((entry) => (entry.platform ? formatPlatform(toPlatform(entry.platform)) : 'any'));
  throw new RuntimeError(
    'PLATFORM_MISMATCH',
    `${where}: it is for ${offered.slice(0, 20).join(', ') || 'nothing'}, not ${formatPlatform(platform)}`,
  );
}

function toPlatform(platform: NonNullable<IndexEntry['platform']>): Platform {
  const { os, architecture, variant, 'os.version': osVersion } = platform;
  return { os, architecture, ...(variant && { variant }), ...(osVersion && { osVersion }) };
}
