/** Options of everything that reads content. */
export interface ReadOptions {
  /** Stops the reading; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
