import { createHash } from 'node:crypto';
import { opendir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type EntryContent, type WalkDirectoryOptions, walkDirectory } from '@falcon-iar/layer-extract';
import type { SubjectPlatform } from '@falcon-iar/sbom';
import { DirectoryError } from './directory-error.ts';
import type { LayerTree } from './layer-content.ts';
import { LayerError } from './layer-error.ts';
import { type ReadLayerOptions, readLayer } from './read-layer.ts';
import { digestOfRecord } from './record-digest.ts';
import type { ScannableImage } from './scannable-image.ts';
import type { SharedLayers } from './shared-layers.ts';
import { systemMounts } from './system-mounts.ts';

/** How a directory is read. */
export interface ReadDirectoryOptions extends ReadLayerOptions {
  readonly layers: SharedLayers;
  /** What its programs run on, where somebody knows. */
  readonly platform?: SubjectPlatform | undefined;
  readonly limits?: WalkDirectoryOptions['limits'];
}

const mediaType = 'application/vnd.falcon-iar.directory';

/**
 * Reads a directory as the root of a file system: an image of one layer, which is no archive. Nothing names its content
 * before it was read, so it is read here, and the image that comes back finds its layer in the memory of layers. Other
 * file systems mounted below are not read: of `/proc` and its like nothing is said, others are problems.
 *
 * @param path - Absolute, or relative to the working directory.
 * @throws DirectoryError where there is no directory, or more in it than can be read; the signal's reason
 */
export async function readDirectory(path: string, options: ReadDirectoryOptions): Promise<ScannableImage> {
  const root = resolve(path);
  await checkDirectory(root);
  let size = 0;
  const tree = directoryTree(root, options.limits);
  const sized: LayerTree = {
    async *walk(walking) {
      for await (const event of tree.walk(walking)) {
        if (event.kind === 'file') size += event.size;
        yield event;
      }
    },
  };
  const record = await readLayer(0, { digest: root, ...sized }, options).catch((error: unknown) => {
    throw error instanceof LayerError ? tooMuch(root, error) : error;
  });
  const digest = digestOfRecord(record);
  options.layers.memory.put(digest, record);
  const layer = { index: 0, digest, mediaType, size, walk: tree.walk };
  return { ...documentsOf(root, layer, options.platform), layers: [layer] };
}

/** What the listing says fails now, with a name for it, and not as an error of the system in the middle. */
async function checkDirectory(root: string): Promise<void> {
  try {
    const directory = await opendir(root);
    await directory.close();
  } catch (error) {
    const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
    const [what, hint] = failures[code] ?? ['it cannot be opened', 'check that it is a readable directory'];
    const home = /\/~(?:\/|$)/.test(root) ? 'write $HOME for ~: shells only know it at the beginning of a word' : hint;
    throw new DirectoryError(`[${code}] ${root}: ${what}`, home, error);
  }
}

const failures: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOENT: ['there is no such directory', 'check the path; a relative one begins in the working directory'],
  ENOTDIR: [
    'it is not a directory',
    'name the directory that holds etc, usr and var; archives are docker-archive:FILE',
  ],
  EACCES: ['it may not be read', 'run as a user who may read it, or as root'],
};

function tooMuch(root: string, { cause, message }: LayerError): DirectoryError {
  const what = message.replace(`[${cause.code}] layer 0, ${root}: `, '');
  return new DirectoryError(`[${cause.code}] ${root}: ${what}`, 'scan a directory with less in it', cause);
}

/** What lies in a directory, without what a running system shows there. */
function directoryTree(root: string, limits: WalkDirectoryOptions['limits'] = {}): LayerTree {
  return {
    async *walk({ signal, onBytes }) {
      const untold = await systemMounts(root);
      for await (const event of walkDirectory(root, { limits, signal })) {
        // The one problem that such a path has is that another file system begins there.
        if (event.kind === 'problem' && untold.has(event.path)) continue;
        yield event.kind === 'file' ? { ...event, content: counted(event.content, onBytes) } : event;
      }
    },
  };
}

function counted(content: EntryContent, onBytes: (bytes: number) => void): EntryContent {
  return {
    peek: (length) => content.peek(length),
    async *[Symbol.asyncIterator]() {
      for await (const chunk of content) {
        onBytes(chunk.byteLength);
        yield chunk;
      }
    },
  };
}

type Described = Pick<ScannableImage, Exclude<keyof ScannableImage, 'layers' | 'exportLayers' | 'hasPassed'>>;

/** The documents that an image would have, made up of what is known. */
function documentsOf(
  reference: string,
  layer: { readonly digest: string; readonly size: number },
  platform: SubjectPlatform = { os: 'unknown', architecture: 'unknown' },
): Described {
  const { os, architecture } = platform;
  const config = { architecture, os, rootfs: { type: 'layers', diff_ids: [layer.digest] } };
  const bytes = Buffer.from(JSON.stringify(config));
  const configDigest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: configDigest, size: bytes.byteLength },
    layers: [{ mediaType, digest: layer.digest, size: layer.size }],
  };
  return {
    ...{ reference, digest: configDigest, identity: 'config', configDigest, platform },
    ...{ manifest, synthesized: true, config },
  };
}
