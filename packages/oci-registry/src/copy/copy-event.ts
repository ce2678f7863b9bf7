import type { BlobOutcome } from '../registry/push-options.ts';

/** What happens in the course of a copy. A listener that throws ends the copy with its error. */
export type CopyEvent =
  /** All manifests have been read: so much may have to be brought over, in bytes. */
  | { readonly type: 'plan'; readonly manifests: number; readonly blobs: number; readonly bytes: number }
  /** A piece of a blob has been read. What has to be sent again is told again. */
  | { readonly type: 'bytes'; readonly digest: string; readonly bytes: number }
  /** A config or layer is at the target. */
  | { readonly type: 'blob'; readonly digest: string; readonly size: number; readonly outcome: BlobOutcome }
  /** A manifest or index is at the target. */
  | { readonly type: 'manifest'; readonly digest: string; readonly mediaType: string }
  /** What a copy that failed had written could not be removed; its own failure is thrown all the same. */
  | { readonly type: 'problem'; readonly error: unknown };
