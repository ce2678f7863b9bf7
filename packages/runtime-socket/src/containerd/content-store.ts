import { Content } from '../gen/containerd/content_pb.ts';
import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import { digestOf, verifyDigest, wrongDigest } from '../image/verify-digest.ts';
import { readCapped } from '../wire/read-capped.ts';

/** Largest manifest, index or config, in bytes. */
const documentBytes = 8 * 1024 * 1024;

/** Reads containerd's content store. */
export class ContentStore {
  readonly #connection: GrpcConnection;

  constructor(connection: GrpcConnection) {
    this.#connection = connection;
  }

  /**
   * Reads a document, verified.
   *
   * @param what the document, for messages
   * @throws RuntimeError `CONTENT_DISCARDED` where it is not there, `DIGEST_INVALID`, `TOO_LARGE`
   */
  async document(digest: string, what: string, signal: AbortSignal | undefined): Promise<Buffer> {
    const bytes = await readCapped(this.#read(digest, what, signal), documentBytes, `${what} ${digest}`);
    const got = digestOf(bytes, digest);
    if (got !== digest) throw wrongDigest(got, digest, what);
    return bytes;
  }

  /**
   * Streams content; its digest is verified on the way. Leaving the loop ends the call.
   *
   * Iterating throws RuntimeError `CONTENT_DISCARDED` where it is not there, `DIGEST_INVALID`.
   */
  open(digest: string, what: string, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
    return {
      [Symbol.asyncIterator]: () => verifyDigest(this.#read(digest, what, signal), digest, what),
    };
  }

  /** Digests of the content that has a label with this value. */
  async labelled(label: string, value: string, signal: AbortSignal | undefined): Promise<string[]> {
    const { list } = this.#connection.client(Content);
    const filters = [`labels.${JSON.stringify(label)}==${JSON.stringify(value)}`];
    const digests: string[] = [];
    const pieces = this.#connection.stream('content.List', (call) => list({ filters }, call), { signal });
    for await (const { info } of pieces) digests.push(...info.map(({ digest }) => digest));
    return digests;
  }

  async *#read(
    digest: string,
    what: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { read } = this.#connection.client(Content);
    const options = { signal, notFound: 'CONTENT_DISCARDED' } as const;
    const pieces = this.#connection.stream(`content.Read of ${what}`, (call) => read({ digest }, call), options);
    for await (const { data } of pieces) yield data;
  }
}
