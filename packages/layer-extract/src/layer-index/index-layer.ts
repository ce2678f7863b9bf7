import { type ExtractLimits, withDefaultLimits } from '../extract-limits.ts';
import type { LayerIndex } from './layer-index.ts';
import { type IndexedEvent, LayerIndexBuilder } from './layer-index-builder.ts';
import { PassingEvents } from './passing-events.ts';

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
  const passing = new PassingEvents(events, new LayerIndexBuilder(withDefaultLimits(options.limits)));
  return { events: passing, index: () => passing.index() };
}
