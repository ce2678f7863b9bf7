import type { CopyPlan, ImageWriter } from '../copy/image-target.ts';
import type { VerifiedManifest } from '../image/content-store.ts';
import type { ContentDescriptor, Descriptor } from '../image/descriptor.ts';
import type { ReadOptions } from '../image/image.ts';
import { ociIndexType } from '../image/media-types.ts';
import { oneChunk } from '../image/one-chunk.ts';
import { layoutEntry } from '../layout/layout-entry.ts';
import { referrersIndexes } from '../layout/layout-referrers.ts';
import { parseDigest } from '../reference/digest.ts';
import type { BlobOutcome } from '../registry/push-options.ts';
import type { OpenBlob } from '../registry/upload-cursor.ts';
import { TarFileWriter } from './create-tar-file.ts';

/** What an archive has beside the blobs. */
export interface ArchiveDocuments {
  /** Annotations of the image's entry in `index.json`. */
  readonly annotations: Readonly<Record<string, string>> | undefined;
  /** Further documents at the end, by name. */
  readonly others?: Readonly<Record<string, unknown>> | undefined;
}

function blobName(digest: string): string {
  const { algorithm, hex } = parseDigest(digest);
  return `blobs/${algorithm}/${hex}`;
}

/** An OCI layout in a tar archive, being written. */
class LayoutArchiveWriter implements ImageWriter {
  readonly #tar: TarFileWriter;
  readonly #plan: CopyPlan;
  readonly #documents: ArchiveDocuments;

  constructor(tar: TarFileWriter, plan: CopyPlan, documents: ArchiveDocuments) {
    this.#tar = tar;
    this.#plan = plan;
    this.#documents = documents;
  }

  async putBlob({ digest, size }: ContentDescriptor, open: OpenBlob, { signal }: ReadOptions): Promise<BlobOutcome> {
    await this.#tar.add(blobName(digest), size, () => open(signal));
    return 'copied';
  }

  putManifest({ digest, bytes }: VerifiedManifest): Promise<void> {
    return this.#putBytes(blobName(digest), bytes);
  }

  async finish({ signal }: ReadOptions): Promise<void> {
    const entries: Descriptor[] = [];
    for (const { digest, bytes, entry } of referrersIndexes(this.#plan)) {
      await this.#putBytes(blobName(digest), bytes);
      entries.push(entry);
    }
    const manifests = [layoutEntry(this.#plan.root, this.#documents.annotations), ...entries];
    await this.#putDocument('index.json', { schemaVersion: 2, mediaType: ociIndexType, manifests });
    for (const [name, document] of Object.entries(this.#documents.others ?? {}))
      await this.#putDocument(name, document);
    signal?.throwIfAborted();
    await this.#tar.finish();
  }

  abandon(): Promise<void> {
    return this.#tar.abandon();
  }

  async begin(): Promise<this> {
    const algorithms = new Set([...this.#plan.manifests, ...this.#plan.blobs].map(({ digest }) => parseDigest(digest)));
    const folders = new Set([...algorithms].map(({ algorithm }) => `blobs/${algorithm}/`));
    await this.#putDocument('oci-layout', { imageLayoutVersion: '1.0.0' });
    for (const folder of ['blobs/', ...folders]) await this.#putBytes(folder, new Uint8Array(0));
    return this;
  }

  #putDocument(name: string, document: unknown): Promise<void> {
    return this.#putBytes(name, Buffer.from(JSON.stringify(document)));
  }

  #putBytes(name: string, bytes: Uint8Array): Promise<void> {
    return this.#tar.add(name, bytes.length, () => oneChunk(bytes));
  }
}

/** Begins an archive that is an OCI layout in a tar (image-spec, image-layout.md), with what else it is to have. */
export async function createLayoutArchive(
  path: string,
  plan: CopyPlan,
  documents: ArchiveDocuments,
): Promise<ImageWriter> {
  const tar = await TarFileWriter.create(path);
  try {
    return await new LayoutArchiveWriter(tar, plan, documents).begin();
  } catch (error) {
    await tar.abandon();
    throw error;
  }
}
