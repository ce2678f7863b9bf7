import type { Compression } from './inflate.ts';

/** What was learnt, while it passed by, of a member of a stream that was handed out as what may be a layer. */
export interface PassedLayer {
  readonly isLayer: true;
  readonly compression: Compression | undefined;
  /** Digest of its bytes. */
  readonly digest: string;
  /** Digest of its bytes uncompressed, where it was computed. */
  readonly diffId: string | undefined;
}

/** A member of a stream whose content is gone. */
export type PassedBlob = PassedLayer | { readonly isLayer: false };
