import { createHash } from 'node:crypto';
import {
  type EntryContent,
  type FileEvent,
  openSeekableLayer,
  type SeekableBlob,
  type TocEvent,
} from '@falcon-iar/layer-extract';
import { type ImageSubject, selectsPath } from '@falcon-iar/sbom';
import type { LayerTree } from './layer-content.ts';
import { LayerError } from './layer-error.ts';
import { type ReadLayerOptions, readLayer } from './read-layer.ts';
import type { ScannableLayer } from './scannable-image.ts';
import type { SeekableMode } from './seekable-mode.ts';
import type { ObtainedRecord, SharedLayers } from './shared-layers.ts';

/** A layer of which parts can be read, with what may vouch for its table of contents. */
export interface LayerWithTable {
  readonly digest: string;
  readonly index: number;
  readonly mediaType: string;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly openRange: NonNullable<ScannableLayer['openRange']>;
}

/** A layer that may have a table of contents: its descriptor in the manifest is annotated, and its source has ranges. */
export function layerWithTable({ manifest }: ImageSubject, layer: ScannableLayer): LayerWithTable | undefined {
  const { digest, index, mediaType, size, openRange } = layer;
  const descriptor = member(member(manifest, 'layers'), String(index));
  const annotations = member(descriptor, 'annotations');
  if (openRange === undefined || member(descriptor, 'digest') !== digest || !isText(annotations)) return undefined;
  return { digest, index, mediaType, size, annotations, openRange: openRange.bind(layer) };
}

/**
 * The record of a layer as its table of contents tells it, with only those files fetched that a cataloger knows by their
 * paths. It is kept under a key of its own, with the annotations that vouch for the table in it, so that it never passes
 * for the facts of the whole layer. A record of the whole that is kept is taken instead.
 *
 * @returns undefined where there is no table, or it is refused: then the layer has to be read whole
 * @throws the errors of the layer's source; the signal's reason
 */
export async function obtainByTable(
  layer: LayerWithTable,
  verify: Exclude<SeekableMode, 'off'>,
  options: ReadLayerOptions & { readonly layers: SharedLayers },
): Promise<ObtainedRecord | undefined> {
  const { layers, signal, analyze } = options;
  const whole = layers.memory.get(layer.digest);
  if (whole !== undefined) return { record: whole, wasRead: false };
  const select = (path: string): boolean => analyze.catalogers.some((one) => selectsPath(one.select, path, 'file'));
  const content = { digest: layer.digest, ...treeOf(layer, { select, verify }) };
  const read = async (ownSignal: AbortSignal) => {
    const record = await readLayer(layer.index, content, { ...options, signal: ownSignal });
    return { ...record, factsFrom: 'toc' as const };
  };
  try {
    return await layers.obtain(tableKey(layer, verify), read, signal);
  } catch (error) {
    if (error instanceof NoTable || error instanceof LayerError) return undefined;
    throw error;
  }
}

/** Another manifest may point at the same layer with another table, whose facts are others. */
function tableKey({ digest, annotations }: LayerWithTable, verify: SeekableMode): string {
  const sorted = Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1));
  const voucher = createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
  return `${digest} toc ${verify} ${voucher}`;
}

class NoTable extends Error {}

interface TableWalk {
  readonly select: (path: string) => boolean;
  readonly verify: Exclude<SeekableMode, 'off'>;
}

function treeOf(layer: LayerWithTable, { select, verify }: TableWalk): LayerTree {
  return {
    async *walk({ signal, onBytes }) {
      const seekable = await openSeekableLayer(countedBlob(layer, onBytes), { signal });
      if (seekable === undefined) throw new NoTable(`${layer.digest} has no table of contents`);
      for await (const event of seekable.walk({ select, verify, signal })) yield asFileEvent(event);
    },
  };
}

function countedBlob(layer: LayerWithTable, onBytes: (bytes: number) => void): SeekableBlob {
  const { mediaType, size, annotations } = layer;
  return {
    ...{ mediaType, size, annotations },
    async *readRange(start, end, options) {
      for await (const chunk of layer.openRange({ start, end }, options)) {
        onBytes(chunk.byteLength);
        yield chunk;
      }
    },
  };
}

const noBytes = new Uint8Array(0);

/**
 * Who looks at the first bytes of every file finds none in those that were not selected; who reads one all the same, as
 * it lands where a link of the layer leads, gets the error that makes the layer be read whole.
 */
function asFileEvent(event: TocEvent): FileEvent {
  if (event.kind !== 'file' || event.selected) return event;
  const unread: EntryContent = {
    peek: async () => noBytes,
    [Symbol.asyncIterator]: () => event.content[Symbol.asyncIterator](),
  };
  return { ...event, content: unread };
}

function member(document: unknown, name: string): unknown {
  return typeof document === 'object' && document !== null ? Reflect.get(document, name) : undefined;
}

function isText(annotations: unknown): annotations is Record<string, string> {
  if (typeof annotations !== 'object' || annotations === null) return false;
  return Object.values(annotations).every((value) => typeof value === 'string');
}
