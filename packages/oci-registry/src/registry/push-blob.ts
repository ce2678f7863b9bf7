import { RegistryError } from '../error.ts';
import type { HostTarget } from '../hosts/registry-host.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import { parseDigest } from '../reference/digest.ts';
import type { HttpResponse } from '../transport/http.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import { type BlobOutcome, defaultChunkBytes, type PushBlobOptions } from './push-options.ts';
import { BlobUpload } from './upload-blob.ts';
import { type OpenBlob, UploadCursor } from './upload-cursor.ts';
import { discardBody, pushActions, UploadSession } from './upload-session.ts';

/** Registries that take a blob in one request only: Google says so of Artifact Registry. */
function takesPieces(registry: string): boolean {
  return !/(?:^|\.)(?:gcr\.io|pkg\.dev)$/.test(registry);
}

/** Uploads begun for one blob, at most. */
const maxUploads = 3;

/** Whether another upload of the same blob may do what one did not. */
function mayBeginAgain(error: unknown): error is RegistryError {
  if (!(error instanceof RegistryError)) return false;
  if (error.code === 'BLOB_UPLOAD_UNKNOWN' || error.code === 'BLOB_UPLOAD_INVALID') return true;
  // By the word of the registry, not by ours: what was read here has the digest.
  const isByRegistry = error.status !== undefined && error.status < 500;
  return (
    isByRegistry && (error.code === 'DIGEST_INVALID' || error.code === 'SIZE_INVALID' || error.code === 'UNSUPPORTED')
  );
}

/** One blob on its way into a repository. */
class BlobPush {
  readonly #transport: RegistryTransport;
  readonly #target: HostTarget;
  readonly #blob: ContentDescriptor;
  readonly #open: OpenBlob;
  readonly #options: PushBlobOptions;

  constructor(
    transport: RegistryTransport,
    target: HostTarget,
    blob: ContentDescriptor,
    open: OpenBlob,
    options: PushBlobOptions,
  ) {
    this.#transport = transport;
    this.#target = target;
    this.#blob = blob;
    this.#open = open;
    this.#options = options;
  }

  async run(): Promise<BlobOutcome> {
    if (await this.#exists()) return 'existing';
    const mounted = await this.#mount();
    if (mounted === 'mounted') return mounted;
    await this.#upload(mounted);
    return 'copied';
  }

  async #exists(): Promise<boolean> {
    const path = `blobs/${this.#blob.digest}`;
    const response = await this.#ask('HEAD', path, [200, 404], 'BLOB_UNKNOWN');
    await discardBody(response, this.#options.signal);
    return response.status === 200;
  }

  /** Asks for the blob of another repository; a registry that does not give it may have begun an upload instead. */
  async #mount(): Promise<'mounted' | UploadSession | undefined> {
    const { mountFrom } = this.#options;
    const { registry, repository } = this.#target;
    if (mountFrom?.registry !== registry || mountFrom.repository === repository) return undefined;
    const query = new URLSearchParams({ mount: this.#blob.digest, from: mountFrom.repository });
    try {
      // Some registries begin an upload for lack of this right, and do not say that they lack it.
      const scopes = [`repository:${mountFrom.repository}:pull`];
      const response = await this.#post(`blobs/uploads/?${query}`, [201, 202], scopes);
      return response.status === 201
        ? 'mounted'
        : new UploadSession(this.#transport, this.#target, response, this.#options);
    } catch (error) {
      // Who may not read the other repository can still bring the content.
      const isRefusal = error instanceof RegistryError && !error.retryable && error.status !== undefined;
      if (!isRefusal) throw error;
      return undefined;
    }
  }

  async #begin(): Promise<UploadSession> {
    const response = await this.#post('blobs/uploads/', [202]);
    return new UploadSession(this.#transport, this.#target, response, this.#options);
  }

  /** Sends the blob; in another upload where one is lost. */
  async #upload(begun: UploadSession | undefined): Promise<void> {
    // Nothing is sent of an empty blob, so it would not be verified.
    if (this.#blob.size === 0) for await (const _ of this.#open(this.#options.signal));
    let session = begun;
    let isWhole = !takesPieces(this.#target.registry);
    for (let left = maxUploads - 1; ; left--) {
      session ??= await this.#begin();
      try {
        return await this.#send(session, isWhole);
      } catch (error) {
        await session.cancel();
        this.#options.signal?.throwIfAborted();
        if (left === 0 || !mayBeginAgain(error)) throw error;
        // Registries that know no pieces say so in these words.
        isWhole ||= error.code === 'UNSUPPORTED';
        session = undefined;
        // An upload that ended while nobody listened any more is unknown afterwards.
        if (await this.#exists()) return;
      }
    }
  }

  async #send(session: UploadSession, isWhole: boolean): Promise<void> {
    const { chunkBytes: asked = defaultChunkBytes, signal } = this.#options;
    const chunkBytes = isWhole ? Number.POSITIVE_INFINITY : asked;
    const cursor = new UploadCursor(this.#open);
    try {
      await new BlobUpload(session, this.#blob, cursor, { chunkBytes, signal }).run();
    } finally {
      await cursor.close();
    }
  }

  async #post(path: string, accepted: readonly number[], scopes?: readonly string[]): Promise<HttpResponse> {
    const response = await this.#ask('POST', path, accepted, 'NAME_UNKNOWN', scopes);
    await discardBody(response, this.#options.signal);
    return response;
  }

  #ask(
    method: 'HEAD' | 'POST',
    path: string,
    accepted: readonly number[],
    notFound: 'BLOB_UNKNOWN' | 'NAME_UNKNOWN',
    scopes?: readonly string[],
  ): Promise<HttpResponse> {
    const { keychain, signal } = this.#options;
    // undici sends `content-length: 0` with a POST by itself.
    const fixed = { need: 'push', actions: pushActions, keychain, signal } as const;
    return this.#transport.request(this.#target, { method, path, accepted, notFound, scopes, ...fixed });
  }
}

/**
 * Brings a blob into a repository (distribution-spec "Pushing blobs"): asks whether it is there, has it mounted from
 * another repository where one is named, and else sends it, verified on the way. What cannot be finished is deleted.
 *
 * @param open reads the blob; called again where something has to be sent again
 * @throws RegistryError `DIGEST_INVALID`, `SIZE_INVALID` for other content than promised, `NAME_UNKNOWN` for a registry
 * that wants repositories made first, `BLOB_UPLOAD_INVALID`, `BLOB_UPLOAD_UNKNOWN`, and those of the transport
 */
export async function pushBlob(
  transport: RegistryTransport,
  target: HostTarget,
  blob: ContentDescriptor,
  open: OpenBlob,
  options: PushBlobOptions,
): Promise<BlobOutcome> {
  parseDigest(blob.digest);
  return new BlobPush(transport, target, blob, open, options).run();
}
