import type { LayerRecord } from '../inventory/layer-record.ts';
import { createCacheSpace } from './cache-space.ts';
import { compressJson, decompressJson } from './compressed.ts';
import type { Connection } from './connection.ts';
import { decodeLayerRecord, type EncodedLayerRecord, encodeLayerRecord } from './layer-record-codec.ts';
import { StoreError } from './store-error.ts';
import type { OnStoreProblem, StoreProblem } from './store-problem.ts';

/**
 * What was read of layers and image configs, under digests that were verified. What is missing or cannot be read or
 * written costs another read of the layer, never an error.
 */
export interface LayerCache {
  has(digest: string): boolean;
  get(digest: string): LayerRecord | undefined;
  put(digest: string, record: LayerRecord): void;
  /** An image config, as an object. */
  getConfig(digest: string): object | undefined;
  putConfig(digest: string, config: object): void;
  /** Bytes on disk of everything that is kept. */
  readonly bytes: number;
  /** Layers that are kept, those of other recipes included. */
  readonly entries: number;
}

/** How a {@link LayerCache} keeps. */
export interface LayerCacheOptions {
  /** What a record depends on besides the layer: catalogers with versions and options. Others' records are not seen. */
  readonly recipe: string;
  /** Bytes on disk; beyond it goes what belongs to another recipe, then what was not used for longest. 0: keeps nothing. */
  readonly maxBytes: number;
  /** Bytes that are free where the database is; the last of them are left to others. */
  readonly diskFree: () => number;
  readonly onProblem: OnStoreProblem;
}

interface ContentRow {
  readonly entry: number;
  readonly layer_index: Uint8Array | null;
  readonly document: Uint8Array;
}

type Kind = 'layer' | 'config';

const selectContent = `SELECT content.* FROM cache_entry JOIN cache_content content ON content.entry = cache_entry.id
  WHERE digest = ? AND kind = ? AND recipe = ?`;

/** The cache in its tables. @throws StoreError when these cannot be read or trimmed */
export function createLayerCache(connection: Connection, options: LayerCacheOptions): LayerCache {
  const { maxBytes, diskFree, onProblem } = options;
  // A config is the same whatever looks for packages.
  const recipes: Record<Kind, string> = { layer: options.recipe, config: '' };
  const space = createCacheSpace(connection, { recipes: Object.values(recipes), maxBytes, diskFree });

  /** Only use after the end is a mistake; everything else a cache gets over. */
  const report = (kind: StoreProblem['kind'], subject: string, error: unknown): void => {
    if (!(error instanceof Error) || (error instanceof StoreError && error.code === 'CLOSED')) throw error;
    onProblem({ kind, subject, error });
  };
  const attempt = <Result>(kind: StoreProblem['kind'], digest: string, body: () => Result): Result | undefined => {
    try {
      return body();
    } catch (error) {
      report(kind, digest, error);
      return undefined;
    }
  };
  const read = <Content>(kind: Kind, digest: string, decode: (row: ContentRow) => Content): Content | undefined => {
    const row = attempt('unreadable-cache', digest, () =>
      connection.get<ContentRow>(selectContent, digest, kind, recipes[kind]),
    );
    if (row === undefined) return undefined;
    const content = attempt('unreadable-cache', digest, () => decode(row));
    attempt('not-cached', digest, () => (content === undefined ? space.remove(row.entry) : space.touch(row.entry)));
    return content;
  };
  const write = (kind: Kind, digest: string, encode: () => Omit<ContentRow, 'entry'>): void => {
    if (maxBytes > 0) attempt('not-cached', digest, () => space.add({ kind, digest, recipe: recipes[kind] }, encode()));
  };

  return {
    has: (digest) =>
      attempt('unreadable-cache', digest, () => space.find({ kind: 'layer', digest, recipe: recipes.layer })) !==
      undefined,
    get: (digest) => read('layer', digest, (row) => decodeLayerRecord(encodedRecord(row))),
    put: (digest, record) =>
      write('layer', digest, () => {
        const { index, document } = encodeLayerRecord(record);
        return { layer_index: index, document };
      }),
    getConfig: (digest) => read('config', digest, ({ document }) => decompressJson(document) as object),
    putConfig: (digest, config) =>
      write('config', digest, () => ({ layer_index: null, document: compressJson(config) })),
    get bytes() {
      return space.bytes;
    },
    get entries() {
      return space.layers;
    },
  };
}

function encodedRecord({ layer_index: index, document }: ContentRow): EncodedLayerRecord {
  if (index === null) throw new Error('a layer without index');
  return { index, document };
}
