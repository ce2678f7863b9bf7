/** A stored layer of which any part can be read. */
export interface SeekableBlob {
  /** Media type of the descriptor. */
  readonly mediaType: string;
  /** Bytes of the stored layer, as the descriptor states them. */
  readonly size: number;
  /** Annotations of the layer's descriptor in the manifest, which vouch for the table of contents. */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * The stored bytes from `start` to before `end`. What comes beyond is not looked at; fewer are an error of the layer.
   * Leaving the loop ends the request.
   */
  readRange(start: number, end: number, options?: { signal?: AbortSignal }): AsyncIterable<Uint8Array>;
}
