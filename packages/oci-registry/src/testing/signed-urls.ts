import { randomBytes } from 'node:crypto';
import type { SignedUrl } from './fault.ts';
import type { Reply } from './reply.ts';

const parameter = 'X-Amz-Signature';

/** URLs that carry their own permission, and for how long each is good. */
export class SignedUrls {
  readonly #now: () => number;
  readonly #issued = new Map<string, { left: number; readonly until: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adds a signature to a path with or without a query. */
  sign(path: string, { uses = 1, lifetime = Number.POSITIVE_INFINITY }: SignedUrl): string {
    const signature = randomBytes(32).toString('hex');
    this.#issued.set(signature, { left: uses, until: this.#now() + lifetime });
    const seconds = Number.isFinite(lifetime) ? Math.ceil(lifetime / 1000) : 3600;
    return `${path}${path.includes('?') ? '&' : '?'}X-Amz-Expires=${seconds}&${parameter}=${signature}`;
  }

  /** The refusal of a URL whose signature is not good any more; each look is one use. URLs without one pass. */
  refusal(url: URL): Reply | undefined {
    const signature = url.searchParams.get(parameter);
    if (signature === null) return undefined;
    const issued = this.#issued.get(signature);
    if (issued !== undefined && issued.left > 0 && this.#now() < issued.until) {
      issued.left -= 1;
      return undefined;
    }
    const words = '<Code>AccessDenied</Code><Message>Request has expired</Message>';
    const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${words}</Error>`);
    const headers = { 'content-type': 'application/xml', 'content-length': String(body.length) };
    return { status: 403, headers, body };
  }
}
