import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RegistryError } from '../error.ts';
import { isNotFound, readWholeFile } from '../file/read-file.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import type { ImageIndex } from '../image/manifest.ts';
import { ociIndexType } from '../image/media-types.ts';
import { manifestTooLarge, verifiedManifest } from '../image/verified-manifest.ts';
import { parseDigest } from '../reference/digest.ts';
import { readCapped } from '../transport/read-capped.ts';

/** Largest `index.json` read, in bytes; what is written stays below it, so that readers can read it. */
const maxIndexBytes = 4 * 1024 * 1024;

/** Version that the file `oci-layout` names (image-spec, image-layout.md). */
const marker = JSON.stringify({ imageLayoutVersion: '1.0.0' });

const emptyIndex: ImageIndex = { schemaVersion: 2, mediaType: ociIndexType, manifests: [] };

function fileError(error: unknown, path: string, what: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  // Errors of what is being written pass: they are not of this folder.
  if (error instanceof RegistryError || typeof code !== 'string' || !(error instanceof Error)) return error as Error;
  return new RegistryError('LAYOUT_INVALID', `${path}: cannot be ${what} (${code})`, {
    hint: 'check the directory: its rights, and the space that is left',
    cause: error,
  });
}

async function fileSystem<T>(path: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, path, what);
  }
}

/**
 * The files of a layout that is written to. Everything gets its name by being renamed from a temporary directory inside of
 * the layout, when it is whole.
 */
export class LayoutFolder {
  readonly #path: string;
  readonly #temporary: string;
  #files = 0;

  private constructor(path: string, temporary: string) {
    this.#path = path;
    this.#temporary = temporary;
  }

  /**
   * Opens a layout to write to, or makes one in a directory that is absent or empty.
   *
   * @throws RegistryError `LAYOUT_INVALID` for a directory with something else in it
   */
  static async open(path: string): Promise<LayoutFolder> {
    return fileSystem(path, 'written', async () => {
      await mkdir(join(path), { recursive: true });
      const names = await readdir(path);
      if (!names.includes('oci-layout')) {
        if (names.length > 0) {
          throw new RegistryError('LAYOUT_INVALID', `${path}: the directory has other files, and no oci-layout`, {
            hint: 'name a directory that is a layout, or empty, or does not exist',
          });
        }
        await writeFile(join(path, 'oci-layout'), marker);
      }
      return new LayoutFolder(path, await mkdtemp(join(path, '.copy-')));
    });
  }

  /** Whether a blob is there, with the content it should have. */
  async has(blob: ContentDescriptor, signal: AbortSignal | undefined): Promise<boolean> {
    const { algorithm, hex } = parseDigest(blob.digest);
    const hash = createHash(algorithm);
    let size = 0;
    try {
      for await (const chunk of readWholeFile(this.#blobPath(blob.digest), signal)) {
        size += chunk.length;
        hash.update(chunk);
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (isNotFound(error)) return false;
      throw fileError(error, this.#path, 'read');
    }
    return size === blob.size && hash.digest('hex') === hex;
  }

  /** Writes a blob. Its content must be verified: when the stream has ended, it gets its name. */
  async putBlob(digest: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#put(this.#blobPath(digest), content);
  }

  /** Puts a new `index.json` in the place of the old one, at once. */
  async updateIndex(change: (index: ImageIndex) => ImageIndex, signal: AbortSignal | undefined): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(change(await this.#readIndex(signal))));
    const path = join(this.#path, 'index.json');
    if (bytes.length > maxIndexBytes) throw manifestTooLarge(path, maxIndexBytes);
    const content = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes;
    };
    await this.#put(path, content());
  }

  /** Removes what was not finished. */
  async close(): Promise<void> {
    await rm(this.#temporary, { recursive: true, force: true });
  }

  #blobPath(digest: string): string {
    const { algorithm, hex } = parseDigest(digest);
    return join(this.#path, 'blobs', algorithm, hex);
  }

  async #put(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#files += 1;
    const partial = join(this.#temporary, String(this.#files));
    await fileSystem(this.#path, 'written', async () => {
      const file = await open(partial, 'wx');
      try {
        for await (const chunk of content) await file.writeFile(chunk);
      } finally {
        await file.close();
      }
      await mkdir(join(path, '..'), { recursive: true });
      await rename(partial, path);
    });
  }

  async #readIndex(signal: AbortSignal | undefined): Promise<ImageIndex> {
    const path = join(this.#path, 'index.json');
    try {
      const tooLarge = (): RegistryError => manifestTooLarge(path, maxIndexBytes);
      const bytes = await readCapped(readWholeFile(path, signal), maxIndexBytes, tooLarge);
      const index = verifiedManifest(bytes, undefined, ociIndexType, path);
      if (index.kind === 'index') return index.document;
    } catch (error) {
      signal?.throwIfAborted();
      if (isNotFound(error)) return emptyIndex;
      throw fileError(error, this.#path, 'read');
    }
    throw new RegistryError('LAYOUT_INVALID', `${path}: it is not an index`);
  }
}
