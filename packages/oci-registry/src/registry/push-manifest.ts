import { RegistryError } from '../error.ts';
import type { HostTarget } from '../hosts/registry-host.ts';
import { oneChunk } from '../image/one-chunk.ts';
import { isDigest, parseDigest } from '../reference/digest.ts';
import { header } from '../transport/http-headers.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import type { PushOptions } from './push-options.ts';
import { discardBody, pushActions } from './upload-session.ts';

/** A manifest or index to be sent. */
export interface ManifestToPush {
  readonly mediaType: string;
  /** Digest of `bytes`. */
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** What a registry has answered to a manifest. */
export interface PushedManifest {
  /** Whether it keeps the list of what refers to the manifest's subject (`OCI-Subject`). */
  readonly keepsReferrers: boolean;
}

/**
 * Sends a manifest or index (distribution-spec "Pushing Manifests"), after everything that it names. The registry must
 * answer with its digest, or with none.
 *
 * @param name the tag or digest that it is to have
 * @throws RegistryError `MANIFEST_BLOB_UNKNOWN` where something is missing, `MANIFEST_INVALID`, `TAG_INVALID` for a tag
 * that must not change, `DIGEST_INVALID`, and those of the transport
 */
export async function pushManifest(
  transport: RegistryTransport,
  target: HostTarget,
  manifest: ManifestToPush,
  name: string,
  { keychain, signal }: PushOptions,
): Promise<PushedManifest> {
  const { bytes, digest, mediaType } = manifest;
  const response = await transport.request(target, {
    method: 'PUT',
    path: `manifests/${name}`,
    need: 'push',
    actions: pushActions,
    headers: { 'content-type': mediaType },
    body: { length: bytes.length, open: () => oneChunk(bytes) },
    accepted: [201, 200, 202],
    notFound: 'NAME_UNKNOWN',
    keychain,
    signal,
  });
  await discardBody(response, signal);
  const answered = header(response, 'docker-content-digest');
  const isComparable = isDigest(answered) && parseDigest(answered).algorithm === parseDigest(digest).algorithm;
  if (isComparable && answered !== digest) {
    throw new RegistryError('DIGEST_INVALID', `${response.what}: the registry has stored ${answered}, not ${digest}`, {
      hint: 'the registry, or something before it, changes manifests; what it has stored is not what was sent',
    });
  }
  return { keepsReferrers: isDigest(header(response, 'oci-subject')) };
}
