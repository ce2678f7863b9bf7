import { RegistryError } from '../error.ts';
import { defaultConfigBytes } from '../image/load-config.ts';
import { defaultManifestBytes } from '../image/verified-manifest.ts';
import { archiveInvalid } from './archive-error.ts';
import type { ArchiveOptions } from './archive-options.ts';
import { type TarMember, tarMembers } from './index-tar.ts';
import { type Compression, compressionOf, inflate } from './inflate.ts';
import { interruptible } from './interruptible.ts';
import { MemberIndex } from './member-index.ts';
import { shapeBytes, shapeOf } from './member-shape.ts';
import { ChunkReader } from './sequential-reader.ts';
import { PassingLayer } from './streamed-layer.ts';

/** Documents that are kept until the stream has ended, in bytes. */
const keptTotalBytes = 32 * 1024 * 1024;
/** What is still read after the end of the tar, so that who writes does not meet a closed pipe; in bytes. */
const drainedBytes = 1024 * 1024;

async function* joined(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}

/** One pass over the stream of an archive: documents are kept, what may be a layer is handed out. */
export class StreamPass {
  /** What has passed by. */
  readonly members: MemberIndex;
  readonly #name: string;
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #documentBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #left = new AbortController();
  #keptTotal = 0;

  constructor(
    source: AsyncIterable<Uint8Array>,
    name: string,
    { configBytes = defaultConfigBytes, manifestBytes = defaultManifestBytes }: ArchiveOptions,
    signal: AbortSignal | undefined,
  ) {
    this.#name = name;
    this.#source = source;
    this.#documentBytes = Math.max(configBytes, manifestBytes);
    this.#signal = signal;
    const range = (): AsyncIterable<Uint8Array> => {
      throw new RegistryError('CLOSED', `${name}: it has passed by`, {
        hint: 'read the layers of a stream as they pass, or write the archive to a file and read that',
      });
    };
    this.members = new MemberIndex({ path: name, closed: false, range });
  }

  /** @throws RegistryError `ARCHIVE_INVALID`, those of the layers; what the source throws; the signal's reason */
  async *layers(): AsyncGenerator<PassingLayer, void, undefined> {
    const reader = new ChunkReader(this.#tar());
    let layer: PassingLayer | undefined;
    try {
      for await (const member of tarMembers(reader, this.#name)) {
        this.members.add(member);
        layer = member.kind === 'file' ? await this.#take(member, reader) : undefined;
        if (layer === undefined) continue;
        yield layer;
        this.members.notePassed(member, await layer.finish());
      }
      await reader.skip(drainedBytes);
    } finally {
      this.#left.abort();
      await layer?.leave();
      await reader.close();
    }
  }

  async #take(member: TarMember, reader: ChunkReader): Promise<PassingLayer | undefined> {
    const head = await reader.read(Math.min(shapeBytes, member.size));
    const shape = shapeOf(head);
    const rest = member.size - head.length;
    if (shape.kind === 'layer') {
      return new PassingLayer(this.#name, member, shape.compression, joined(head, reader.stream(rest)));
    }
    this.members.notePassed(member, { isLayer: false });
    if (shape.kind === 'other' || member.size > this.#documentBytes) return undefined;
    this.#keptTotal += member.size;
    if (this.#keptTotal > keptTotalBytes) {
      throw archiveInvalid(this.#name, `it has more than ${keptTotalBytes} bytes of documents`);
    }
    this.members.keep(member, Buffer.concat([head, await reader.read(rest)]));
    return undefined;
  }

  /** The bytes of the tar. */
  async *#tar(): AsyncGenerator<Uint8Array> {
    const stored = new ChunkReader(this.#stored());
    try {
      const head = await stored.read(4);
      const bytes = joined(head, stored.stream(Number.POSITIVE_INFINITY));
      const compression = compressionOf(head);
      if (compression === undefined) yield* bytes;
      else yield* this.#inflated(bytes, compression);
    } finally {
      await stored.close();
    }
  }

  async *#inflated(bytes: AsyncIterable<Uint8Array>, compression: Compression): AsyncGenerator<Uint8Array> {
    const failures: unknown[] = [];
    const noted = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* bytes;
      } catch (error) {
        failures.push(error);
        throw error;
      }
    };
    try {
      for await (const chunk of inflate(noted(), compression)) {
        this.#signal?.throwIfAborted();
        yield chunk;
      }
    } catch (error) {
      this.#signal?.throwIfAborted();
      if (failures.includes(error)) throw error;
      throw archiveInvalid(this.#name, `its ${compression} data is damaged`, error);
    }
  }

  #stored(): AsyncIterable<Uint8Array> {
    const signals = this.#signal === undefined ? [this.#left.signal] : [this.#signal, this.#left.signal];
    return interruptible(this.#source, AbortSignal.any(signals));
  }
}
