import { join } from 'node:path';
import { type ContainersStorage, openContainersStorage, type StoredLayer } from '@falcon-iar/layer-extract';
import { formatPlatform, normalizePlatform, type Platform } from '@falcon-iar/oci-registry';
import { z } from 'zod';
import type { ScannableImage, ScannableLayer } from '../../inventory/scannable-image.ts';
import { findStoredImage } from './find-stored-image.ts';
import { readStoredDocument, type StoredDocument } from './stored-document.ts';
import { StoredImageError } from './stored-image-error.ts';
import { type StoredImageRecord, storedImages } from './stored-images.ts';

/** Which image of which folder. */
export interface StoredImageTarget {
  /** The containers/storage folder. */
  readonly root: string;
  readonly reference: string;
  /** The platform that the image must be for. */
  readonly platform?: Platform | undefined;
}

/** Bytes of a manifest or a config. */
const maxDocumentBytes = 16 * 1024 ** 2;
const pullAgain = 'remove the image from the runtime and pull it again, or scan it from its registry';

const manifestSchema = z.looseObject({ config: z.looseObject({ digest: z.string() }) });
const configSchema = z.looseObject({
  os: z.string().optional(),
  architecture: z.string().optional(),
  variant: z.string().optional(),
  rootfs: z.looseObject({ diff_ids: z.array(z.string()) }),
});

/**
 * Opens an image that CRI-O or Podman has unpacked, from the folder where they keep it: no service is asked, nothing is
 * locked or written. Manifest and config are checked against their digests, and each layer against its diffID as it is
 * read.
 *
 * @throws StoredImageError; ExtractError `STORAGE_INVALID` for a list of layers that is none; RegistryError for a text
 *   that is no reference
 */
export async function openStoredImage({ root, reference, platform }: StoredImageTarget): Promise<ScannableImage> {
  const images = await storedImages(root);
  const { image, name } = findStoredImage(images, reference, root);
  const where = `${root}, ${name}`;
  const manifest = await documentOf(image, 'manifest', { root, where });
  const { config: descriptor } = parsed(manifestSchema, manifest, where, 'manifest');
  const config = await documentOf(image, descriptor.digest, { root, where });
  const { rootfs, os = 'unknown', architecture = 'unknown', variant } = parsed(configSchema, config, where, 'config');
  const found = { os, architecture, ...(variant !== undefined && { variant }) };
  checkPlatform(found, platform, where);
  const storage = await openContainersStorage(root);
  return {
    ...{ reference: name, digest: manifest.digest, identity: 'manifest', configDigest: config.digest },
    ...{ platform: found, manifest: manifest.value as object, synthesized: false, config: config.value as object },
    layers: layersOf(image, storage, { diffIds: rootfs.diff_ids, where }),
  };
}

interface Place {
  readonly root: string;
  readonly where: string;
}

/** A document under its name in the image's folder; names with other characters are written in base64. */
async function documentOf({ id, documents }: StoredImageRecord, name: string, at: Place): Promise<StoredDocument> {
  const fileName = /^[\w.-]+$/.test(name) ? name : `=${Buffer.from(name).toString('base64')}`;
  const file = join(at.root, 'overlay-images', id, fileName);
  const expected = documents[name];
  if (expected === undefined || fileName.includes('/')) throw damaged(at.where, `it has no ${name}`);
  const document = await readStoredDocument(file, maxDocumentBytes).catch((error: unknown) => {
    throw error instanceof StoredImageError ? error : damaged(at.where, `its ${name} cannot be read`, error);
  });
  if (document.digest !== expected) throw damaged(at.where, `its ${name} is ${document.digest}, not ${expected}`);
  return document;
}

function parsed<T>(schema: z.ZodType<T>, { value }: StoredDocument, where: string, what: string): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw damaged(where, `its ${what} is none of an image`, error);
}

function checkPlatform(stored: Platform, asked: Platform | undefined, where: string): void {
  if (asked === undefined) return;
  const [found, wanted] = [normalizePlatform(stored), normalizePlatform(asked)];
  const fits =
    found.os === wanted.os &&
    found.architecture === wanted.architecture &&
    (wanted.variant === undefined || wanted.variant === found.variant);
  if (fits) return;
  throw new StoredImageError(
    `[PLATFORM_MISMATCH] ${where}: it is for ${formatPlatform(found)}, not ${formatPlatform(wanted)}`,
    'leave --platform out, or pull the image for the platform',
  );
}

interface ExpectedLayers {
  /** Base layer first. */
  readonly diffIds: readonly string[];
  readonly where: string;
}

/** The chain of layers from the topmost down, which must be what the config says. */
function layersOf(
  { layer: top }: StoredImageRecord,
  storage: ContainersStorage,
  { diffIds, where }: ExpectedLayers,
): ScannableLayer[] {
  const chain: StoredLayer[] = [];
  for (let id = top; id !== undefined && chain.length <= diffIds.length; ) {
    const layer = storage.layer(id);
    if (layer === undefined) throw damaged(where, `the storage has no layer ${id}`);
    chain.unshift(layer);
    id = layer.parent;
  }
  if (chain.map(({ diffId }) => diffId).join() !== diffIds.join()) {
    throw damaged(where, 'the storage has other layers than its config names');
  }
  return chain.map(({ diffId, mediaType, size = 0, open }, index) => {
    return { index, digest: diffId, diffId, mediaType, size, open };
  });
}

function damaged(where: string, what: string, cause?: unknown): StoredImageError {
  return new StoredImageError(`[STORAGE_INVALID] ${where}: ${what}`, pullAgain, { cause });
}
