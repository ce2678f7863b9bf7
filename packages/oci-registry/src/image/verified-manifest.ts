import { RegistryError } from '../error.ts';
import { digestOf, parseDigest } from '../reference/digest.ts';
import type { VerifiedManifest } from './content-store.ts';
import { parseManifest } from './manifest.ts';
import { wrongDigest } from './verify-content.ts';

/** Largest manifest or index read by default, in bytes (distribution-spec "Pushing manifests"). */
export const defaultManifestBytes: number = 4 * 1024 * 1024;

/** The error for a manifest or index over its limit. */
export function manifestTooLarge(where: string, limit: number): RegistryError {
  return new RegistryError('MANIFEST_TOO_LARGE', `${where}: the manifest is larger than ${limit} bytes`);
}

/**
 * Verifies the bytes of a manifest against its digest before anything in them is looked at, then parses them.
 *
 * @param promised digest they must have; `undefined` where none is known, then they get their sha256
 * @param contentType media type they came with
 * @throws RegistryError `DIGEST_INVALID`, `MANIFEST_INVALID`, `MANIFEST_UNSUPPORTED`
 */
export function verifiedManifest(
  bytes: Uint8Array,
  promised: string | undefined,
  contentType: string | undefined,
  where: string,
): VerifiedManifest {
  const digest = digestOf(bytes, promised === undefined ? 'sha256' : parseDigest(promised).algorithm);
  if (promised !== undefined && digest !== promised) throw wrongDigest(where, digest, promised);
  return { ...parseManifest(bytes, contentType, where), digest, bytes };
}
