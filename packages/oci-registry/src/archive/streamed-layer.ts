import { createHash } from 'node:crypto';
import { RegistryError } from '../error.ts';
import type { ReadOptions } from '../image/image.ts';
import { wrongDigest } from '../image/verify-content.ts';
import { parseDigest } from '../reference/digest.ts';
import { archiveInvalid } from './archive-error.ts';
import { claimedLayerDigest, layerTypeOf } from './archived-layer.ts';
import { inflateAside } from './check-diff-id.ts';
import type { TarMember } from './index-tar.ts';
import type { Compression } from './inflate.ts';
import { canonicalName } from './member-index.ts';
import type { PassedLayer } from './passed-blob.ts';

/**
 * What may be a layer, while it passes by in the stream of an archive. Whether it is one of the image's is often only
 * known when the stream has ended: what is made of it counts only where the image names its digest.
 */
export interface StreamedLayer {
  /** How the archive calls it. */
  readonly name: string;
  /** Media type by its content: a plain tar, or one compressed with gzip or zstd. */
  readonly mediaType: string;
  /** Number of its bytes. */
  readonly size: number;
  /**
   * Digest of its bytes by its name, where that tells: enough to see that it is known from before, and need not be read
   * again. It is verified in any case.
   */
  readonly claimedDigest?: string;
  /**
   * Reads it, once, before the next layer is asked for. What is not read is passed over.
   *
   * Iterating throws RegistryError `DIGEST_INVALID` at the end where its name tells another digest, `ARCHIVE_INVALID`
   * where it is cut short or its compression damaged, `CLOSED` where it was read already, and what the stream throws.
   */
  open(options?: ReadOptions): AsyncIterable<Uint8Array>;
  /** Digest of its bytes, verified where its name tells one. What was not read by then is passed over. */
  digest(): Promise<string>;
}

/** A {@link StreamedLayer} as who reads the stream sees it. */
export class PassingLayer implements StreamedLayer {
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  declare readonly claimedDigest?: string;
  readonly #canonical: string;
  readonly #where: string;
  readonly #compression: Compression | undefined;
  readonly #content: AsyncGenerator<Uint8Array, void, undefined>;
  #wasOpened = false;
  #diffId: string | undefined;
  #result: PassedLayer | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param body the bytes of the member, to be read once */
  constructor(path: string, member: TarMember, compression: Compression | undefined, body: AsyncIterable<Uint8Array>) {
    this.name = member.name;
    this.size = member.size;
    this.mediaType = layerTypeOf(compression);
    this.#canonical = canonicalName(member.name) ?? '';
    const claimed = claimedLayerDigest(this.#canonical, compression);
    if (claimed !== undefined) this.claimedDigest = claimed;
    this.#where = `${path}: ${member.name}`;
    this.#compression = compression;
    this.#content = this.#read(body);
  }

  async *open({ signal }: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#wasOpened || this.#result !== undefined) throw this.#passedBy();
    this.#wasOpened = true;
    let length = 0;
    // Not delegated: who stops reading leaves the rest to be passed over.
    for (let next = await this.#content.next(); next.done !== true; next = await this.#content.next()) {
      signal?.throwIfAborted();
      length += next.value.length;
      yield next.value;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    // Meanwhile the next layer was asked for, or the stream was left.
    if (length !== this.size) throw this.#passedBy();
  }

  async digest(): Promise<string> {
    return (await this.finish()).digest;
  }

  /** Passes over what was not read. @throws as reading it does */
  async finish(): Promise<PassedLayer> {
    for (let next = await this.#content.next(); next.done !== true; ) next = await this.#content.next();
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#result === undefined) throw this.#passedBy();
    return this.#result;
  }

  /** Frees what reading it holds. */
  async leave(): Promise<void> {
    await this.#content.return();
  }

  #passedBy(): RegistryError {
    return new RegistryError('CLOSED', `${this.#where}: it has passed by`, {
      hint: 'read a layer of a stream once, before the next one is asked for',
    });
  }

  /** Its digest may be bound to the image by its diffID alone, unless it is a blob of an OCI archive. */
  #bytes(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    if (this.#compression === undefined || this.#canonical.startsWith('blobs/')) return body;
    return inflateAside(body, this.#compression, 'sha256', this.#where, (diffId) => {
      this.#diffId = diffId;
    });
  }

  async *#read(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const claimed = this.claimedDigest;
    const algorithm = claimed === undefined ? 'sha256' : parseDigest(claimed).algorithm;
    const hash = createHash(algorithm);
    let length = 0;
    try {
      for await (const chunk of this.#bytes(body)) {
        hash.update(chunk);
        length += chunk.length;
        yield chunk;
      }
      if (length !== this.size) throw archiveInvalid(this.#where, 'it is cut short');
      const digest = `${algorithm}:${hash.digest('hex')}`;
      if (claimed !== undefined && digest !== claimed) throw wrongDigest(this.#where, digest, claimed);
      this.#result = { isLayer: true, compression: this.#compression, digest, diffId: this.#diffId };
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }
}
