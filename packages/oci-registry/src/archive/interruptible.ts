import { untilAborted } from '../transport/until-aborted.ts';

/**
 * Passes a source on so that it can be left while it is being waited for: a pipe may be silent for long. Leaving the
 * loop early leaves the source.
 *
 * Iterating throws the signal's reason, and what the source throws.
 */
export async function* interruptible(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted();
  const iterator = source[Symbol.asyncIterator]();
  const progress = { state: 'paused' as 'waiting' | 'paused' | 'ended' };
  const advance = async (): Promise<IteratorResult<Uint8Array>> => {
    progress.state = 'waiting';
    try {
      const next = await iterator.next();
      progress.state = next.done === true ? 'ended' : 'paused';
      return next;
    } catch (error) {
      progress.state = 'ended';
      throw error;
    }
  };
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await untilAborted(advance(), signal);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    const left = progress.state === 'ended' ? undefined : iterator.return?.();
    // One that waits for its next chunk ends only when that comes, and then nobody is left to be told how.
    if (progress.state === 'waiting') left?.catch(() => undefined);
    else await left;
  }
}
