/** Something that was lost without harm to what is reported: it costs another read. */
export interface StoreProblem {
  /**
   * - `not-cached`: a layer or config could not be written to the cache.
   * - `unreadable-cache`: a layer or config in the cache was damaged and counts as absent.
   * - `unreadable-report`: a report that waited for delivery was damaged; its image is forgotten, so that it is read and
   *   reported again when it is seen the next time.
   */
  readonly kind: 'not-cached' | 'unreadable-cache' | 'unreadable-report';
  /** Digest of the layer or config, or identity of the image. */
  readonly subject: string;
  readonly error: Error;
}

/** Told of every {@link StoreProblem}, for the log and the metrics. */
export type OnStoreProblem = (problem: StoreProblem) => void;
