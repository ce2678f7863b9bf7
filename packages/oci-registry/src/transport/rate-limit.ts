import { type HeaderFields, header } from './http-headers.ts';
import { cleanForeignText } from './redact.ts';

/** A registry's rate limit as its latest answer told it (Docker Hub's `ratelimit-*` headers). */
export interface RateLimit {
  /** Requests allowed in a window. */
  readonly limit?: number;
  /** Requests left in this window. */
  readonly remaining?: number;
  /** Length of the window, ms. */
  readonly window?: number;
  /** What the requests are counted for: an IP address, or the id of an account. */
  readonly source?: string;
}

/** `100;w=21600`: a count, and the window in seconds. */
function parseQuota(text: string | undefined): { count: number; window?: number } | undefined {
  const [, count, window] = /^\s{0,8}(\d{1,9})\s{0,8}(?:;\s{0,8}w=(\d{1,9}))?/.exec(text ?? '') ?? [];
  if (count === undefined) return undefined;
  return { count: Number(count), ...(window !== undefined && { window: Number(window) * 1000 }) };
}

/** Reads the rate limit that an answer tells; `undefined` where it tells none. */
export function parseRateLimit(headers: HeaderFields): RateLimit | undefined {
  const limit = parseQuota(header({ headers }, 'ratelimit-limit'));
  const remaining = parseQuota(header({ headers }, 'ratelimit-remaining'));
  if (limit === undefined && remaining === undefined) return undefined;
  const window = limit?.window ?? remaining?.window;
  const source = header({ headers }, 'docker-ratelimit-source');
  return {
    ...(limit !== undefined && { limit: limit.count }),
    ...(remaining !== undefined && { remaining: remaining.count }),
    ...(window !== undefined && { window }),
    ...(source !== undefined && { source: cleanForeignText(source) }),
  };
}
