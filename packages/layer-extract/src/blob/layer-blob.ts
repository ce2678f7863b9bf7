/** A layer as its source stores it. An image layer of `@falcon-iar/oci-registry` has this form. */
export interface LayerBlob {
  /** Media type of the descriptor, such as `application/vnd.oci.image.layer.v1.tar+gzip`. */
  readonly mediaType: string;
  /** Digest of the decompressed archive, as the image config claims it. Not looked at here. */
  readonly diffId?: string;
  /**
   * The stored bytes, from the first to the last. A source that verifies its digest throws at the end, and that error
   * reaches the reader of the events unchanged.
   */
  open(options?: { signal?: AbortSignal }): AsyncIterable<Uint8Array>;
}
