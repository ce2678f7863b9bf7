import { type FileEvent, type LayerBlob, walkLayer } from '@falcon-iar/layer-extract';

/** How a layer's content is walked. */
export interface WalkContentOptions {
  readonly signal: AbortSignal;
  /** Told of the bytes that are read, as they are read. */
  readonly onBytes: (bytes: number) => void;
}

/** A layer that tells by itself what lies in it: it is no archive, or not all of its archive is read. */
export interface LayerTree {
  /** Walks it from its start, each time anew. Leaving the loop early closes what is open. */
  walk(options: WalkContentOptions): AsyncIterable<FileEvent>;
}

/** What lies in a layer: an archive as its source stores it, or a tree. */
export type LayerContent = LayerBlob | LayerTree;

/**
 * What a layer does to the file system, event by event, wherever that is known from.
 *
 * @throws ExtractError for content that cannot be read; the errors of its source; the signal's reason
 */
export function walkContent(content: LayerContent, { signal, onBytes }: WalkContentOptions): AsyncIterable<FileEvent> {
  return 'walk' in content ? content.walk({ signal, onBytes }) : walkLayer(counted(content, onBytes), { signal });
}

function counted(blob: LayerBlob, onBytes: (bytes: number) => void): LayerBlob {
  return {
    mediaType: blob.mediaType,
    async *open(options) {
      for await (const chunk of blob.open(options)) {
        onBytes(chunk.byteLength);
        yield chunk;
      }
    },
  };
}
