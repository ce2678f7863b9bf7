/** Options of `watchImages`. */
export interface WatchOptions {
  /** Ends the watch, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Time after which everything is listed anew, should an event have got lost, in ms. Default 300 000. */
  readonly relistAfter?: number | undefined;
  /** First pause after an interruption, in ms; it doubles with each further one. Default 250. */
  readonly retryAfter?: number | undefined;
  /** Longest pause after an interruption, in ms. Default 10 000. */
  readonly longestRetry?: number | undefined;
}
