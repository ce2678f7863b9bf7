import type { CopyPlan, ImageTarget, ImageWriter, WriteOptions } from '../copy/image-target.ts';
import { RegistryError } from '../error.ts';
import type { VerifiedManifest } from '../image/content-store.ts';
import type { ContentDescriptor, Descriptor } from '../image/descriptor.ts';
import type { ReadOptions } from '../image/image.ts';
import { ociIndexType } from '../image/media-types.ts';
import { verifiedManifest } from '../image/verified-manifest.ts';
import { isTag } from '../reference/parse-reference.ts';
import type { Reference } from '../reference/reference.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import { referrersTag, taggedReferrers } from './list-referrers.ts';
import { pushBlob } from './push-blob.ts';
import { pushManifest } from './push-manifest.ts';
import type { BlobOutcome, PushOptions } from './push-options.ts';
import type { OpenBlob } from './upload-cursor.ts';

/** Options of a registry as target: those of pushing, except the signal, which each copy has. */
export type RegistryTargetOptions = Omit<PushOptions, 'signal'>;

/** An image on its way into a repository. */
class RepositoryWriter implements ImageWriter {
  readonly #transport: RegistryTransport;
  readonly #repository: Reference;
  readonly #name: string;
  readonly #plan: CopyPlan;
  readonly #push: PushOptions;
  readonly #write: WriteOptions;
  readonly #unlisted = new Set<string>();

  constructor(
    transport: RegistryTransport,
    repository: Reference,
    name: string,
    plan: CopyPlan,
    push: PushOptions,
    write: WriteOptions,
  ) {
    this.#transport = transport;
    this.#repository = repository;
    this.#name = name;
    this.#plan = plan;
    this.#push = push;
    this.#write = write;
  }

  putBlob(blob: ContentDescriptor, open: OpenBlob, { signal }: ReadOptions): Promise<BlobOutcome> {
    const options = { ...this.#push, mountFrom: this.#write.mountFrom, signal };
    return pushBlob(this.#transport, this.#repository, blob, open, options);
  }

  async putManifest(manifest: VerifiedManifest, { signal }: ReadOptions): Promise<void> {
    const isRoot = manifest.digest === this.#plan.root.digest;
    // The root is sent under its name, at the very end.
    if (!isRoot) await this.#send(manifest, manifest.digest, signal);
  }

  async finish({ signal }: ReadOptions): Promise<void> {
    for (const [digest, referrers] of this.#plan.referrers) {
      const unlisted = referrers.filter((referrer) => this.#unlisted.has(referrer.digest));
      if (unlisted.length > 0) await this.#list(digest, unlisted, signal);
    }
    await this.#send(this.#plan.root, this.#name, signal);
  }

  abandon(): Promise<void> {
    // Uploads that failed have been deleted; blobs without a manifest are the registry's to collect.
    return Promise.resolve();
  }

  async #send(manifest: VerifiedManifest, name: string, signal: AbortSignal | undefined): Promise<void> {
    const push = { ...this.#push, signal };
    const { keepsReferrers } = await pushManifest(this.#transport, this.#repository, manifest, name, push);
    if (!keepsReferrers) this.#unlisted.add(manifest.digest);
  }

  /** Lists referrers under a tag, where the registry does not (distribution-spec "Referrers Tag Schema"). */
  async #list(digest: string, referrers: readonly Descriptor[], signal: AbortSignal | undefined): Promise<void> {
    const { keychain } = this.#push;
    const index = await taggedReferrers(this.#transport, this.#repository, digest, { keychain, signal });
    const added = referrers.filter((one) => !index?.manifests.some((known) => known.digest === one.digest));
    if (added.length === 0) return;
    const manifests = [...(index?.manifests ?? []), ...added];
    const document = { schemaVersion: 2, mediaType: ociIndexType, ...index, manifests };
    const bytes = Buffer.from(JSON.stringify(document));
    const manifest = verifiedManifest(bytes, undefined, ociIndexType, `the referrers of ${digest}`);
    await pushManifest(this.#transport, this.#repository, manifest, referrersTag(digest), { keychain, signal });
  }
}

/**
 * A repository as target of copies. The name of an image is its tag there, by default that of the reference; a reference
 * with a digest takes nothing but that image, and without a tag leaves it without one.
 */
export function registryTarget(
  transport: RegistryTransport,
  reference: Reference,
  options: RegistryTargetOptions,
): ImageTarget {
  const name = `${reference.registry}/${reference.repository}`;
  return {
    name,
    begin(plan, write): Promise<ImageWriter> {
      const { root } = plan;
      const as = plan.name ?? reference.tag ?? root.digest;
      if (as !== root.digest && !isTag(as)) {
        const shown = JSON.stringify(as.slice(0, 140));
        return Promise.reject(new RegistryError('REFERENCE_INVALID', `${name}: ${shown} cannot be a tag`));
      }
      if (reference.digest !== undefined && reference.digest !== root.digest) {
        const message = `${name}: the image has digest ${root.digest}, and not ${reference.digest}, which is to be written`;
        return Promise.reject(new RegistryError('DIGEST_INVALID', message));
      }
      const onProblem = (error: RegistryError): void => {
        options.onProblem?.(error);
        write.onEvent?.({ type: 'problem', error });
      };
      const push = { ...options, onProblem };
      return Promise.resolve(new RepositoryWriter(transport, reference, as, plan, push, write));
    },
  };
}
