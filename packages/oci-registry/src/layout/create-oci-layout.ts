import type { CopyPlan, ImageTarget, ImageWriter } from '../copy/image-target.ts';
import type { VerifiedManifest } from '../image/content-store.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import type { ReadOptions } from '../image/image.ts';
import { oneChunk } from '../image/one-chunk.ts';
import type { BlobOutcome } from '../registry/push-options.ts';
import type { OpenBlob } from '../registry/upload-cursor.ts';
import { checkLayoutName, layoutEntry, refNameAnnotation, withEntry } from './layout-entry.ts';
import { LayoutFolder } from './layout-folder.ts';
import { referrersIndexes } from './layout-referrers.ts';

/** Does one thing after the other, whatever becomes of each. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

/** An image on its way into a layout. */
class LayoutWriter implements ImageWriter {
  readonly #folder: LayoutFolder;
  readonly #plan: CopyPlan;
  readonly #turns: Turns;

  constructor(folder: LayoutFolder, plan: CopyPlan, turns: Turns) {
    this.#folder = folder;
    this.#plan = plan;
    this.#turns = turns;
  }

  async putBlob(blob: ContentDescriptor, open: OpenBlob, { signal }: ReadOptions): Promise<BlobOutcome> {
    if (await this.#folder.has(blob, signal)) return 'existing';
    await this.#folder.putBlob(blob.digest, open(signal));
    return 'copied';
  }

  putManifest({ digest, bytes }: VerifiedManifest): Promise<void> {
    return this.#folder.putBlob(digest, oneChunk(bytes));
  }

  async finish({ signal }: ReadOptions): Promise<void> {
    const { root, name } = this.#plan;
    const lists = referrersIndexes(this.#plan);
    for (const { digest, bytes } of lists) await this.#folder.putBlob(digest, oneChunk(bytes));
    const named = name === undefined ? undefined : { [refNameAnnotation]: name };
    const entries = [...lists.map(({ entry }) => entry), layoutEntry(root, named)];
    await this.#turns.take(() =>
      this.#folder.updateIndex(
        (index) => ({ ...index, manifests: entries.reduce(withEntry, index.manifests) }),
        signal,
      ),
    );
    await this.#folder.close();
  }

  abandon(): Promise<void> {
    return this.#folder.close();
  }
}

/**
 * A directory in OCI image layout (image-spec, image-layout.md) as target of copies; it is made where it does not exist, and
 * what is in it stays. The name of an image is its tag there, taken from an image that has it; without one the image can
 * be found by its digest. Blobs that are there are read to see whether they are whole.
 *
 * A blob or `index.json` is in its place when it is whole, and not before. After a copy that fails, blobs that were whole
 * remain, without a name, and the next copy finds them. Several copies may go on at the same time through one target; two
 * processes must not write to one layout.
 */
export function createOciLayout(path: string): ImageTarget {
  const turns = new Turns();
  return {
    name: path,
    async begin(plan): Promise<ImageWriter> {
      if (plan.name !== undefined) checkLayoutName(plan.name, path);
      return new LayoutWriter(await LayoutFolder.open(path), plan, turns);
    },
  };
}
