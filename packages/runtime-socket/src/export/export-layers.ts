import { createHash } from 'node:crypto';
import type { ExportedLayer, ExportOptions } from '../image/image.ts';
import { imageConfigSchema } from '../image/image-config.ts';
import { digestOf, verifyDigest, wrongDigest } from '../image/verify-digest.ts';
import { RuntimeError } from '../runtime-error.ts';
import { parseDocument } from '../wire/parse-document.ts';
import { readCapped } from '../wire/read-capped.ts';
import { LayerNames } from './layer-names.ts';
import { readTar, type TarMember } from './read-tar.ts';

/** Media type of an uncompressed layer, as Docker names it. */
export const dockerLayerType = 'application/vnd.docker.image.rootfs.diff.tar';

/** The image whose export is read. */
export interface ExportedImage {
  readonly diffIds: readonly string[];
  /** Digest of the config's bytes. */
  readonly configDigest: string;
  /** Starts an export. */
  open(signal: AbortSignal | undefined): AsyncIterable<Uint8Array>;
  /** What is exported, for messages. */
  readonly where: string;
}

/** Largest image config, in bytes. */
const configBytes = 8 * 1024 * 1024;

/** What is still to be found; a pass takes away what it finds. */
interface Search {
  readonly image: ExportedImage;
  readonly names: LayerNames;
  readonly wanted: Set<string>;
  onConfig: ExportOptions['onConfig'];
}

/**
 * Reads layers from the export of an image (`docker save`) while it streams, in the order it has them. Nothing is
 * stored; the export is left as soon as everything wanted has come.
 *
 * Where the names in the export do not tell which layer is which, one pass hashes them and a second one yields them.
 */
export async function* exportLayers(
  image: ExportedImage,
  options: ExportOptions = {},
): AsyncGenerator<ExportedLayer, void, undefined> {
  const wanted = new Set(options.wanted ?? image.diffIds);
  for (const diffId of wanted) if (!image.diffIds.includes(diffId)) throw missing(image, diffId);
  const search: Search = { image, names: new LayerNames(image.diffIds), wanted, onConfig: options.onConfig };
  for (let pass = 0; pass < 2 && !isDone(search); pass++) {
    for await (const member of readTar(image.open(options.signal), image.where)) {
      const layer = await takeMember(search, member);
      if (layer) {
        wanted.delete(layer.diffId);
        yield layer;
      }
      if (isDone(search)) break;
    }
  }
  const [absent] = wanted;
  if (absent !== undefined) throw missing(image, absent);
  if (!isDone(search)) throw missing(image, 'its config');
}

function isDone({ wanted, onConfig }: Search): boolean {
  return wanted.size === 0 && onConfig === undefined;
}

/** Does with a member what it is for; gives the layer where it is a wanted one. */
async function takeMember(search: Search, member: TarMember): Promise<ExportedLayer | undefined> {
  const { image, names } = search;
  if (member.type !== '0' && member.type !== '7') return undefined;
  const hex = image.configDigest.replace(/^sha256:/, '');
  if (member.name === `${hex}.json` || member.name === `blobs/sha256/${hex}`) {
    await takeConfig(search, member);
  } else if (/^[0-9a-f]{64}\/json$/.test(member.name)) {
    names.noteLegacyConfig(member.name, await parentOf(member, image.where));
  } else if (names.isCandidate(member.name)) {
    const diffId = names.diffIdOf(member.name);
    if (diffId === undefined) names.noteDigest(member.name, await hashOf(member));
    else if (search.wanted.has(diffId)) return passingLayer(image, member, diffId);
  }
  return undefined;
}

function passingLayer(image: ExportedImage, member: TarMember, diffId: string): ExportedLayer {
  const index = image.diffIds.indexOf(diffId);
  const stream = verifyDigest(member.body(), diffId, `${image.where}: layer ${index}`);
  return { index, diffId, digest: diffId, mediaType: dockerLayerType, size: member.size, stream };
}

/** Verifies the config and that the layers are its layers; its digest is what identifies the image. */
async function takeConfig(search: Search, member: TarMember): Promise<void> {
  const { image } = search;
  const where = `${image.where}: config`;
  const bytes = await readCapped(member.body(), configBytes, where);
  const digest = digestOf(bytes);
  if (digest !== image.configDigest) throw wrongDigest(digest, image.configDigest, where);
  const config = parseDocument(bytes, imageConfigSchema, where);
  if (config.rootfs.diff_ids.join() !== image.diffIds.join()) {
    throw new RuntimeError('INVALID_RESPONSE', `${where}: it has other layers than the runtime says`);
  }
  const { onConfig } = search;
  search.onConfig = undefined;
  onConfig?.(config);
}

async function parentOf(member: TarMember, where: string): Promise<unknown> {
  const bytes = await readCapped(member.body(), configBytes, `${where}: ${member.name}`);
  try {
    return (JSON.parse(bytes.toString()) as { parent?: unknown } | null)?.parent;
  } catch (cause) {
    throw new RuntimeError('INVALID_RESPONSE', `${where}: ${member.name}: it is not JSON`, { cause });
  }
}

async function hashOf(member: TarMember): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of member.body()) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

function missing(image: ExportedImage, what: string): RuntimeError {
  return new RuntimeError('INVALID_RESPONSE', `${image.where}: the export is without ${what}`);
}
