import type { Keychain } from '../credentials/keychain.ts';
import { RegistryError } from '../error.ts';
import type { HostTarget } from '../hosts/registry-host.ts';
import type { ImageContent } from '../image/content-store.ts';
import type { Descriptor } from '../image/descriptor.ts';
import type { ImageSource, ReadOptions } from '../image/image.ts';
import { ociIndexType } from '../image/media-types.ts';
import { parseReference } from '../reference/parse-reference.ts';
import type { Reference } from '../reference/reference.ts';
import { referrersTag } from '../registry/list-referrers.ts';
import type { RegistryTargetOptions } from '../registry/push-target.ts';
import type { RegistryReadOptions } from '../registry/read-options.ts';
import { type CopyOptions, type CopyResult, copyImage } from './copy-image.ts';
import type { FindReferrers } from './copy-referrers.ts';
import type { ImageTarget } from './image-target.ts';

/** What is copied: an image of a registry, or of any source by the name it has there. */
export type CopyFrom = Reference | string | { readonly source: ImageSource; readonly reference?: string | undefined };

/** Where it is copied to: a tag or digest of a registry, or any target by the name it is to have there. */
export type CopyTo = Reference | string | { readonly target: ImageTarget; readonly name?: string | undefined };

/** Options of {@link RegistryClient.copy}. */
export interface ClientCopyOptions extends CopyOptions, Omit<RegistryTargetOptions, 'keychain'> {
  /** Finds the credentials to read with, and to write with where no other is named; instead of the client's. */
  readonly keychain?: Keychain | undefined;
  /** Finds the credentials to write with. */
  readonly targetKeychain?: Keychain | undefined;
  /**
   * Whether what refers to the image is copied too: signatures, attestations, SBOMs, and what refers to those. Where the
   * target keeps no list of them, one is written under the tag that clients use then. Default false.
   */
  readonly referrers?: boolean | undefined;
}

/** What copying needs of a client. */
export interface CopyClient {
  content(reference: Reference | string, options: RegistryReadOptions): Promise<ImageContent>;
  listReferrers(reference: Reference | string, options: RegistryReadOptions): AsyncIterable<Descriptor>;
  target(reference: Reference | string, options: RegistryTargetOptions): ImageTarget;
}

interface Origin {
  readonly content: ImageContent;
  readonly mountFrom?: HostTarget;
  readonly referrers: FindReferrers;
}

/** Referrers as layouts and archives keep them: listed under a tag. */
function referrersIn(source: ImageSource): FindReferrers {
  return async function* (digest: string, options: ReadOptions) {
    try {
      const { root } = await source.content(referrersTag(digest), options);
      if (root.kind === 'index' && root.mediaType === ociIndexType) yield* root.document.manifests;
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code !== 'MANIFEST_UNKNOWN') throw error;
    }
  };
}

function isSource(from: CopyFrom): from is Extract<CopyFrom, { source: ImageSource }> {
  return typeof from === 'object' && 'source' in from;
}

async function originOf(client: CopyClient, from: CopyFrom, options: RegistryReadOptions): Promise<Origin> {
  if (isSource(from)) {
    const { source, reference } = from;
    return { content: await source.content(reference, { signal: options.signal }), referrers: referrersIn(source) };
  }
  const content = await client.content(from, options);
  const { registry, repository } = parseReference(content.reference);
  return {
    content,
    mountFrom: { registry, repository },
    referrers: (digest, read) => client.listReferrers({ registry, repository, digest }, { ...options, ...read }),
  };
}

/**
 * Copies an image from a registry or any source to a registry or any target, with a client for those that are registries.
 *
 * @throws RegistryError as {@link copyImage} does
 */
export async function copyBetween(
  client: CopyClient,
  from: CopyFrom,
  to: CopyTo,
  options: ClientCopyOptions,
): Promise<CopyResult> {
  const { keychain, targetKeychain = keychain, referrers = false, chunkBytes, onProblem, ...copy } = options;
  const isTarget = typeof to === 'object' && 'target' in to;
  const target = isTarget ? to.target : client.target(to, { keychain: targetKeychain, chunkBytes, onProblem });
  const name = isTarget ? to.name : undefined;
  const origin = await originOf(client, from, { keychain, signal: copy.signal });
  return copyImage(origin.content, target, {
    ...copy,
    name,
    mountFrom: origin.mountFrom,
    referrers: referrers ? origin.referrers : undefined,
  });
}
