import {
  formatReference,
  type Image,
  type Keychain,
  type Platform,
  parseReference,
  RegistryError,
  type ResolveOptions,
} from '@falcon-iar/oci-registry';
import { ImageMovedError } from './image-moved-error.ts';

/** What a runtime knows of the image of a container. */
export interface RunningName {
  /** The image as the workload names it. */
  readonly reference: string;
  /** `algorithm:hex`; absent where the runtime has forgotten it. */
  readonly digest?: string | undefined;
  /** What the digest is of; of a manifest, the platform's or the index above it. */
  readonly digestOf: 'manifest' | 'config' | 'unknown';
  /** `NAME@DIGEST` under which the runtime has it. */
  readonly repoDigests: readonly string[];
}

/** A registry client, as far as it is needed here. */
export interface ImageRegistry {
  resolve(reference: string, options: ResolveOptions & { readonly keychain?: Keychain }): Promise<Image>;
}

/** Options of {@link openFromRegistry}. */
export interface OpenFromRegistryOptions {
  readonly platform: Platform;
  readonly keychain: Keychain;
  readonly signal: AbortSignal;
}

/** These speak of one name; under another the same image may still be found. */
const aboutTheName: ReadonlySet<string> = new Set([
  'MANIFEST_UNKNOWN',
  'NAME_UNKNOWN',
  'UNAUTHORIZED',
  'DENIED',
  'CREDENTIALS_UNAVAILABLE',
  'BLOCKED',
  'REFERENCE_INVALID',
]);

/**
 * Finds the image that really runs: by its digest, first in the repository the workload names, for which its pull
 * secrets are, then under the names the runtime has. A runtime that knows several names of an image tells any of them.
 *
 * @throws RegistryError of the first name, `REFERENCE_INVALID` where there is none; ImageMovedError where only the tag leads to the image and it has moved on
 */
export async function openFromRegistry(
  registry: ImageRegistry,
  running: RunningName,
  options: OpenFromRegistryOptions,
): Promise<Image> {
  const names = registryNames(running);
  if (names.length === 0) throw unnamed(running);
  let first: unknown;
  for (const name of names) {
    try {
      const image = await registry.resolve(name, options);
      if (running.digestOf === 'config' && running.digest !== image.configDigest) {
        throw new ImageMovedError(running.reference, running.digest ?? 'image');
      }
      return image;
    } catch (error) {
      if (!isAboutTheName(error)) throw error;
      first ??= error;
    }
  }
  throw first;
}

function unnamed({ reference }: RunningName): RegistryError {
  return new RegistryError('REFERENCE_INVALID', `${reference}: the runtime knows the image by its id alone`, {
    hint: 'deploy the image by the name that it has in a registry',
  });
}

/** The names under which a registry may have the image, most likely first; none where it only has an id. */
export function registryNames({ reference, digest, digestOf, repoDigests }: RunningName): string[] {
  const own = digestOf === 'manifest' && digest !== undefined ? withDigest(reference, digest) : undefined;
  const names = [...(own === undefined ? [] : [own]), ...repoDigests];
  // The tag is only asked where no digest leads to the image: it may mean another one by now.
  if (names.length > 0) return [...new Set(names)];
  return isImageId(reference) ? [] : [reference];
}

/** By the grammar of references it is the tag of a repository named `sha256` on Docker Hub, but nobody means that. */
function isImageId(reference: string): boolean {
  return /^(?:[a-z0-9]+:)?[0-9a-f]{64,}$/.test(reference);
}

function withDigest(reference: string, digest: string): string | undefined {
  if (isImageId(reference)) return undefined;
  try {
    const { registry, repository } = parseReference(reference);
    return formatReference({ registry, repository, digest });
  } catch {
    // What is no name in a registry may be one to the runtime; then only those that it tells are left.
    return undefined;
  }
}

function isAboutTheName(error: unknown): boolean {
  return error instanceof ImageMovedError || (error instanceof RegistryError && aboutTheName.has(error.code));
}
