import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { UploadHostName } from './upload-hosts.ts';

/** How a body is sent. */
export type UploadEncoding = 'gzip' | 'identity';

/**
 * Whether bodies are compressed. `probe`: where `Accept-Encoding` of an answer says nothing about it, the first body to
 * each host is sent compressed, and what becomes of it decides for those after it. `always`: nothing is found out, for
 * hosts known to accept it. `never`.
 */
export type UploadCompression = 'probe' | 'always' | 'never';

/** Bytes of a body below which compression gains nothing. */
export const leastBytes: number = 8 * 1024;

/** Milliseconds after which a host that refused a compressed body is asked once more. */
const refusalLasts = 60 * 60_000;

const gzipBytes: (body: Buffer) => Promise<Buffer> = promisify<Buffer, Buffer>(gzip);

/** Remembers which host accepts compressed bodies. Whether the cloud does is not public. */
export class UploadEncodings {
  readonly #compression: UploadCompression;
  readonly #now: () => number;
  readonly #accepted = new Set<UploadHostName>();
  readonly #refusedAt = new Map<UploadHostName, number>();

  /** @param now - Milliseconds since the epoch. */
  constructor(compression: UploadCompression, now: () => number) {
    this.#compression = compression;
    this.#now = now;
  }

  /** Whether a body of so many bytes is compressed for this host, and whether that is known to be welcome. */
  choose(host: UploadHostName, bytes: number): 'gzip' | 'gzip-unproven' | 'identity' {
    const refusedAt = this.#refusedAt.get(host) ?? Number.NEGATIVE_INFINITY;
    if (this.#compression === 'never' || bytes < leastBytes || this.#now() - refusedAt < refusalLasts) {
      return 'identity';
    }
    return this.#compression === 'always' || this.#accepted.has(host) ? 'gzip' : 'gzip-unproven';
  }

  /** What `Accept-Encoding` of an answer says of the bodies a host takes (RFC 9110, section 12.5.3), where it says it. */
  told(host: UploadHostName, acceptEncoding: string | undefined): void {
    if (acceptEncoding === undefined) {
      return;
    }
    if (/(?:^|[\s,])(?:gzip|\*)\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))/i.test(acceptEncoding)) {
      this.accepted(host);
    } else {
      this.refused(host);
    }
  }

  /** The host took a compressed body. */
  accepted(host: UploadHostName): void {
    this.#accepted.add(host);
    this.#refusedAt.delete(host);
  }

  /** The host takes no compressed body: it took one as it is after it had refused the same one compressed. */
  refused(host: UploadHostName): void {
    this.#accepted.delete(host);
    this.#refusedAt.set(host, this.#now());
  }
}

/** Compresses a body, off the event loop. */
export async function compress(body: Buffer): Promise<Buffer> {
  return gzipBytes(body);
}
