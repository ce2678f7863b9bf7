import type { HostTarget } from '../hosts/registry-host.ts';
import type { ContentStore, ImageContent } from '../image/content-store.ts';
import type { Descriptor } from '../image/descriptor.ts';
import type { ReadOptions } from '../image/image.ts';
import { verifyContent } from '../image/verify-content.ts';
import type { BlobOutcome } from '../registry/push-options.ts';
import type { OpenBlob } from '../registry/upload-cursor.ts';
import { choosePlatforms, type PlatformChoice } from './choose-platforms.ts';
import type { CopyEvent } from './copy-event.ts';
import { addReferrers, type FindReferrers } from './copy-referrers.ts';
import type { CopyPlan, ImageTarget, ImageWriter } from './image-target.ts';
import { PlanBuilder } from './plan-copy.ts';
import { runLimited } from './run-limited.ts';

/** What is copied, and how. */
export interface CopyOptions extends ReadOptions {
  /**
   * `all`, the default, copies what the name means as it is: an index with all that is under it, attestations included. One
   * platform copies its manifest alone. Several make a new index of theirs.
   */
  readonly platforms?: PlatformChoice | undefined;
  /** Whether foreign layers are copied too; without, the manifest goes on naming where they are. Default false. */
  readonly foreignLayers?: boolean | undefined;
  /** Blobs brought over at the same time. Default 4. */
  readonly concurrency?: number | undefined;
  /** Told what happens. What it throws ends the copy. */
  readonly onProgress?: ((event: CopyEvent) => void) | undefined;
}

/** Options of {@link copyImage}. */
export interface CopyImageOptions extends CopyOptions {
  /** How it is called at the target. Default as the target says. */
  readonly name?: string | undefined;
  /** Repository that the content comes from, where it is in a registry: its blobs can be mounted. */
  readonly mountFrom?: HostTarget | undefined;
  /** Finds what refers to the manifests; it is then copied too. Default none is. */
  readonly referrers?: FindReferrers | undefined;
}

/** What a copy came to. */
export interface CopyResult {
  /** Digest that the name means at the target. */
  readonly digest: string;
  /** Media type of that manifest or index. */
  readonly mediaType: string;
  /** Whether that is the digest the name means at the source. */
  readonly identical: boolean;
  /** Number of configs and layers by how they got there. */
  readonly blobs: Readonly<Record<BlobOutcome, number>>;
  /** Sum of the sizes of those that were copied, in bytes. */
  readonly bytes: number;
  /** Number of manifests that refer to what was copied and were copied too. */
  readonly referrers: number;
}

const defaultConcurrency = 4;

/** One copy under way. */
class Copy {
  readonly #store: ContentStore;
  readonly #plan: CopyPlan;
  readonly #writer: ImageWriter;
  readonly #options: CopyImageOptions;
  readonly #counts: Record<BlobOutcome, number> = { copied: 0, mounted: 0, existing: 0 };
  #bytes = 0;

  constructor(store: ContentStore, plan: CopyPlan, writer: ImageWriter, options: CopyImageOptions) {
    this.#store = store;
    this.#plan = plan;
    this.#writer = writer;
    this.#options = options;
  }

  async run(): Promise<Pick<CopyResult, 'blobs' | 'bytes'>> {
    const { signal, concurrency = defaultConcurrency, onProgress } = this.#options;
    try {
      await runLimited(this.#plan.blobs, concurrency, signal, (blob, either) => this.#putBlob(blob, either));
      for (const manifest of this.#plan.manifests) {
        signal?.throwIfAborted();
        await this.#writer.putManifest(manifest, { signal });
        onProgress?.({ type: 'manifest', digest: manifest.digest, mediaType: manifest.mediaType });
      }
      await this.#writer.finish({ signal });
    } catch (error) {
      await this.#abandon();
      signal?.throwIfAborted();
      throw error;
    }
    return { blobs: this.#counts, bytes: this.#bytes };
  }

  /** Removes what was begun. That this fails is told, but what made it necessary is what is thrown. */
  async #abandon(): Promise<void> {
    try {
      await this.#writer.abandon();
    } catch (error) {
      this.#options.onProgress?.({ type: 'problem', error });
    }
  }

  async #putBlob(blob: Descriptor, signal: AbortSignal): Promise<void> {
    const { digest, size } = blob;
    const outcome = await this.#writer.putBlob({ digest, size }, this.#opener(blob), { signal });
    this.#counts[outcome] += 1;
    if (outcome === 'copied') this.#bytes += size;
    this.#options.onProgress?.({ type: 'blob', digest, size, outcome });
  }

  #opener(blob: Descriptor): OpenBlob {
    const { onProgress } = this.#options;
    const where = `${this.#store.name}: blob ${blob.digest}`;
    return async function* (this: Copy, signal: AbortSignal | undefined) {
      for await (const chunk of verifyContent(this.#store.openBlob(blob, { signal }), blob, where)) {
        signal?.throwIfAborted();
        onProgress?.({ type: 'bytes', digest: blob.digest, bytes: chunk.length });
        yield chunk;
      }
    }.bind(this);
  }
}

/** Reads all manifests that belong to what is copied. */
async function planOf({ root, store }: ImageContent, options: CopyImageOptions): Promise<CopyPlan> {
  const { signal, platforms = 'all', foreignLayers = false, referrers, name } = options;
  const chosen = await choosePlatforms(store, root, platforms, { signal });
  const plan = new PlanBuilder(store, { foreignLayers, signal });
  await plan.add(chosen);
  const attached = referrers === undefined ? new Map() : await addReferrers(plan, referrers, { signal });
  // The root comes last: whoever sees it sees everything.
  const others = [...plan.manifests.values()].filter(({ digest }) => digest !== chosen.digest);
  return { root: chosen, manifests: [...others, chosen], blobs: [...plan.blobs.values()], name, referrers: attached };
}

/** Options with which a listener that throws ends the copy as an abort does: with what it has thrown. */
function stoppableByListener(options: CopyImageOptions): CopyImageOptions {
  const { onProgress, signal } = options;
  if (onProgress === undefined) return options;
  const stop = new AbortController();
  return {
    ...options,
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    onProgress(event): void {
      try {
        onProgress(event);
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    },
  };
}

/**
 * Copies an image, as {@link ImageSource.content} gives it, to a target. Blobs are streamed and verified on the way, and
 * never held in memory; the manifests follow when all of them are there, and the name comes last. Nothing is changed, so
 * digests stay what they are, except that several chosen platforms make an index of their own.
 *
 * @throws RegistryError what reading and writing cause; what was begun at the target has been removed then
 */
export async function copyImage(
  content: ImageContent,
  target: ImageTarget,
  options: CopyImageOptions = {},
): Promise<CopyResult> {
  options.signal?.throwIfAborted();
  const stoppable = stoppableByListener(options);
  const { signal, mountFrom, onProgress } = stoppable;
  const plan = await planOf(content, stoppable);
  const { root, manifests, blobs, referrers } = plan;
  const bytes = blobs.reduce((sum, blob) => sum + blob.size, 0);
  onProgress?.({ type: 'plan', manifests: manifests.length, blobs: blobs.length, bytes });
  const writer = await target.begin(plan, { signal, mountFrom, onEvent: onProgress });
  const copied = await new Copy(content.store, plan, writer, stoppable).run();
  return {
    digest: root.digest,
    mediaType: root.mediaType,
    identical: root.digest === content.root.digest,
    ...copied,
    referrers: new Set([...referrers.values()].flat().map(({ digest }) => digest)).size,
  };
}
