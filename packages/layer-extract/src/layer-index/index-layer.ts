import { ExtractError } from '../extract-error.ts';
import { type ExtractLimits, withDefaultLimits } from '../extract-limits.ts';
import type { LayerIndex } from './layer-index.ts';
import { type IndexedEvent, LayerIndexBuilder } from './layer-index-builder.ts';

/** Events on their way through, and the index they make. */
export interface IndexedLayer<E extends IndexedEvent> {
  /**
   * The events given; iterate them once, to the end. One whose parent directory is a symbolic link that the layer has
   * written before has the path where it lands, as has the target of a hard link.
   */
  readonly events: AsyncIterable<E>;
  /**
   * What the layer does to the file system.
   *
   * @throws ExtractError `INDEX_INCOMPLETE` before {@link events} were read to their end.
   */
  index(): LayerIndex;
}

/**
 * Passes a layer's events through and indexes them on the way, so that one pass over the layer serves both.
 *
 * @throws ExtractError `LIMIT_EXCEEDED` from the iteration, when the links take more than `linkTextBytes`.
 */
export function indexLayer<E extends IndexedEvent>(
  events: AsyncIterable<E>,
  options: { readonly limits?: Partial<ExtractLimits> } = {},
): IndexedLayer<E> {
  const builder = new LayerIndexBuilder(withDefaultLimits(options.limits));
  let complete = false;
  let built: LayerIndex | undefined;
  async function* passed(): AsyncGenerator<E, void, void> {
    for await (const event of events) {
      yield builder.add(event);
    }
    complete = true;
  }
  return {
    events: passed(),
    index(): LayerIndex {
      if (!complete) {
        throw new ExtractError('INDEX_INCOMPLETE', 'layer index: not all events of the layer have passed', {
          hint: 'iterate `events` to the end first',
        });
      }
      built ??= builder.build();
      return built;
    },
  };
}
