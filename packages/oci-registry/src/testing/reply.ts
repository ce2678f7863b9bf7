/** How the body of an answer is sent, where not as a whole. */
export type Delivery =
  /** The connection ends after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Nothing more is sent after so many bytes of the body; the connection stays. */
  | { readonly kind: 'stall'; readonly after: number }
  /** The body comes in drops: so many bytes, then a pause in ms. */
  | { readonly kind: 'slow'; readonly chunkBytes: number; readonly delay: number }
  /** The body never ends: after its bytes come spaces until the client leaves. */
  | { readonly kind: 'endless' }
  /** The connection ends without an answer. */
  | { readonly kind: 'reset' }
  /** Something that is not HTTP is sent instead, then the connection ends. */
  | { readonly kind: 'garbage'; readonly text?: string | undefined }
  /** `Content-Length` says so many bytes more than are sent, or fewer where negative; then the connection ends. */
  | { readonly kind: 'length'; readonly by: number };

/** An answer before it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Default as a whole. */
  readonly delivery?: Delivery | undefined;
}

/** An error document of distribution-spec "Error Codes". */
export function errorDocument(code: string, message: string): Buffer {
  return Buffer.from(JSON.stringify({ errors: [{ code, message, detail: null }] }));
}
