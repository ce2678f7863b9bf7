import type { BuiltImage, ImageSpec, IndexSpec } from './build-image.ts';
import type { FaultRule } from './fault.ts';
import type { RegistryApiOptions } from './registry-api.ts';
import type { RegistryAuth } from './registry-auth.ts';
import type { StoredContent } from './registry-content.ts';
import type { RecordedRequest, RequestFilter } from './request-log.ts';
import type { SelfSignedCertificate } from './self-signed.ts';

/** Options of {@link createRegistry}. */
export interface TestRegistryOptions extends RegistryApiOptions {
  /** Default anonymous. */
  readonly auth?: RegistryAuth | undefined;
  /** What goes wrong, from the start. */
  readonly faults?: readonly FaultRule[] | undefined;
  /** Serve https: with a certificate made for the purpose, or the given one. Default plain http. */
  readonly tls?: boolean | SelfSignedCertificate | undefined;
  /**
   * Serve https only to clients with {@link TestRegistry.clientCertificate}. The storage server asks for a certificate and
   * demands none, so that its requests tell whether a client showed one. Default false.
   */
  readonly clientCertificate?: boolean | undefined;
  /** Current time in ms since the epoch, for the end of tokens and signed URLs. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** An image that was pushed. */
export interface PushedImage extends BuiltImage {
  /** Digest that the tag names. */
  readonly digest: string;
  /** `host/repository:tag`. */
  readonly reference: string;
}

/** A registry in memory, served over HTTP on loopback. */
export interface TestRegistry {
  /** Base URL, `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Host for references, `127.0.0.1:PORT`. */
  readonly host: string;
  /** Base URL of the storage server that redirects lead to: another origin. */
  readonly storageUrl: string;
  /** PEM certificate to trust, where it serves https. */
  readonly certificate: string | undefined;
  /** What a client has to prove who it is, where that is asked for. */
  readonly clientCertificate: SelfSignedCertificate | undefined;
  /** Requests so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Requests that are as wanted, oldest first: `requestsFor({ kind: 'blob', method: 'GET' })`. */
  requestsFor(filter: RequestFilter): readonly RecordedRequest[];
  /**
   * The first request that a predicate holds for, among those that have arrived or will. It is asked when a request
   * arrives, is answered, and ends. Rejects where the registry is closed before, or with the reason of the signal.
   */
  waitForRequest(
    predicate: (request: RecordedRequest) => boolean,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<RecordedRequest>;
  /** TCP connections to both servers that are open now, idle ones included. */
  readonly openConnections: number;
  /** Stores a blob; its digest. */
  pushBlob(repository: string, bytes: Uint8Array): string;
  /** Stores any document as manifest, good or bad; its digest. */
  pushManifest(repository: string, tag: string | undefined, bytes: Uint8Array | string, mediaType: string): string;
  /** Builds an image, where it is not built yet, and stores it under a tag. */
  push(repository: string, tag: string, image?: ImageSpec | IndexSpec | BuiltImage): Promise<PushedImage>;
  /** Removes a blob; true where there was one. */
  deleteBlob(repository: string, digest: string): boolean;
  /** A manifest by tag or digest, or a blob by digest, as it is stored. */
  find(repository: string, kind: 'manifest' | 'blob', reference: string): StoredContent | undefined;
  /** Uploads that were begun and neither finished nor given up. */
  readonly pendingUploads: number;
  /** Lets something go wrong from now on. */
  addFault(rule: FaultRule): void;
  /** Lets everything go right again. */
  clearFaults(): void;
  /** Makes all tokens bad that were issued. */
  revokeTokens(): void;
  /** Stops serving and cuts open connections. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
