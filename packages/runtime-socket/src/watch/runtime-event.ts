import type { RuntimeError } from '../runtime-error.ts';
import type { RunningImage } from './running-image.ts';

/** What `watchImages` reports. */
export type RuntimeEvent =
  /** A container runs that was not reported before, or not since it was reported stopped. */
  | { readonly type: 'started'; readonly container: RunningImage }
  /** A reported container runs no longer. */
  | { readonly type: 'stopped'; readonly container: RunningImage }
  /** Everything that ran at this moment has been reported, and everything that stopped before it too. */
  | { readonly type: 'listed' }
  /** The runtime went away; after `retryIn` milliseconds it is asked again, and what was missed is made up for. */
  | { readonly type: 'interrupted'; readonly error: RuntimeError; readonly retryIn: number };
