import { join } from 'node:path';
import { z } from 'zod';
import { readStoredDocument } from './stored-document.ts';
import { StoredImageError } from './stored-image-error.ts';

/** What containers/storage notes of an image. */
export interface StoredImageRecord {
  /** 64 hexadecimal digits: the config's digest, and a name of a folder. */
  readonly id: string;
  /** Canonical references. */
  readonly names: readonly string[];
  /** Id of the topmost layer; absent where the image has none. */
  readonly layer?: string | undefined;
  /** Digests of the image's documents, by their names; that of the manifest is `manifest`. */
  readonly documents: Readonly<Record<string, string>>;
}

const hex = /^[0-9a-f]{64}$/;
const recordSchema = z.object({
  id: z.string().regex(hex),
  names: z.array(z.string()).nullish(),
  layer: z.string().regex(hex).optional(),
  'big-data-digests': z.record(z.string(), z.string()).nullish(),
});
const maxListBytes = 64 * 1024 ** 2;

/**
 * The images of a containers/storage folder with the driver `overlay` (containers/storage, `images.go`).
 *
 * @param root - The folder with `overlay-images` in it.
 * @throws StoredImageError where there is no such folder, or a list that is none
 */
export async function storedImages(root: string): Promise<StoredImageRecord[]> {
  const file = join(root, 'overlay-images', 'images.json');
  const { value } = await readStoredDocument(file, maxListBytes).catch((error: unknown) => unreadable(root, error));
  if (!Array.isArray(value)) {
    throw new StoredImageError(
      `[STORAGE_INVALID] ${file}: it is no list of images`,
      'name a containers/storage folder',
    );
  }
  // Notes of another form are of another version's images.
  return value.flatMap((entry: unknown) => {
    const { data } = recordSchema.safeParse(entry);
    if (data === undefined) return [];
    return { id: data.id, names: data.names ?? [], layer: data.layer, documents: data['big-data-digests'] ?? {} };
  });
}

function unreadable(root: string, error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const what = 'there are no images of CRI-O or Podman with the storage driver overlay';
    throw new StoredImageError(`[NOT_FOUND] ${root}: ${what}`, 'name the folder: crio:[/path/to/storage]REFERENCE', {
      cause: error,
    });
  }
  if (code === 'EACCES') {
    throw new StoredImageError(`[PERMISSION] ${root}: it may not be read`, 'run as root', { cause: error });
  }
  throw error;
}
