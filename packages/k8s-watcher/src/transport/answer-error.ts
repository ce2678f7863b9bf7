import { WatcherError, type WatcherErrorCode } from '../watcher-error.ts';
import { readRetryAfter } from './retry-after.ts';

/** What it takes to explain an answer that is no success. */
export interface FailedAnswer {
  /** `GET host/path`. */
  readonly where: string;
  /** `list pods`, as RBAC sees the request. */
  readonly action: string;
  readonly status: number;
  /** The body, perhaps a `Status` object of the API server. */
  readonly body: string;
  readonly retryAfter: string | undefined;
  /** ms since the epoch. */
  readonly now: number;
}

/** The error for an answer with a status other than 200. It quotes the server's message, shortened. */
export function answerError({ where, action, status, body, retryAfter, now }: FailedAnswer): WatcherError {
  const details = readStatus(body);
  const wait = readRetryAfter(retryAfter, now) ?? details.retryAfter;
  const code = codeOf(status);
  const said = details.message === undefined ? '' : `: ${details.message}`;
  const what = code === 'FORBIDDEN' ? `not allowed to ${action}` : (phrases[code] ?? 'the API server answered');
  return new WatcherError(code, `${where}: ${what} (${status})${said}`, { retryAfter: wait, hint: hints[code] });
}

/** The error for the `Status` object that an `ERROR` event of a watch carries. */
export function statusEventError(where: string, status: unknown): WatcherError {
  const { code = 500, message, retryAfter } = readStatusObject(status);
  const kind = codeOf(code);
  const said = message === undefined ? '' : `: ${message}`;
  return new WatcherError(kind, `${where}: ${phrases[kind] ?? 'the watch failed'} (${code})${said}`, {
    retryAfter,
    hint: hints[kind],
  });
}

const phrases: Readonly<Partial<Record<WatcherErrorCode, string>>> = {
  UNAUTHORIZED: 'the credentials were refused',
  FORBIDDEN: 'no longer allowed',
  NOT_FOUND: 'there is no such resource',
  GONE: 'the resource version is too old',
  RATE_LIMITED: 'too many requests',
  SERVER_ERROR: 'the API server failed',
};

const hints: Readonly<Partial<Record<WatcherErrorCode, string>>> = {
  UNAUTHORIZED: 'Check that the token or certificate belongs to this cluster and has not expired.',
  FORBIDDEN: 'Bind a ClusterRole with this verb on this resource to the account; the message names both.',
};

function codeOf(status: number): WatcherErrorCode {
  if (status === 401) return 'UNAUTHORIZED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  if (status === 410) return 'GONE';
  if (status === 429) return 'RATE_LIMITED';
  if (status >= 500) return 'SERVER_ERROR';
  return 'REQUEST_REJECTED';
}

interface StatusDetails {
  readonly code?: number | undefined;
  readonly message?: string | undefined;
  /** ms. */
  readonly retryAfter?: number | undefined;
}

function readStatus(body: string): StatusDetails {
  try {
    return readStatusObject(JSON.parse(body));
  } catch {
    // A load balancer in front answers in HTML or plain text, which says nothing that the code does not.
    return {};
  }
}

function readStatusObject(value: unknown): StatusDetails {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'Status') return {};
  const { code, message, details } = value as { code?: unknown; message?: unknown; details?: unknown };
  const seconds = (details as { retryAfterSeconds?: unknown } | null | undefined)?.retryAfterSeconds;
  return {
    code: typeof code === 'number' ? code : undefined,
    message: typeof message === 'string' ? printable(message) : undefined,
    retryAfter: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined,
  };
}

function printable(text: string): string {
  return text.slice(0, 300).replace(/[^\x20-\x7e]+/g, ' ');
}
