import { createHash } from 'node:crypto';
import type { Fault, FaultRequest, FaultRule } from './fault.ts';

/**
 * Faults that {@link randomFaults} chooses from: `unavailable` is 500, 502, 503 or 504, `busy` is 429 with `Retry-After`,
 * `redirect` leads to a signed URL that is good once, `expired-redirect` to one that is not good any more. The others are
 * the {@link Fault} of the same name. Redirects happen to manifests and blobs, `range` to range requests.
 */
export type RandomFaultKind =
  | 'cut'
  | 'flip'
  | 'length'
  | 'range'
  | 'reset'
  | 'garbage'
  | 'slow'
  | 'stall'
  | 'endless'
  | 'unavailable'
  | 'busy'
  | 'redirect'
  | 'expired-redirect'
  | 'expire-token';

/** Options of {@link randomFaults}. */
export interface RandomFaultsOptions {
  /** The same seed gives the same faults. */
  readonly seed: number | string;
  /** Share of requests that are faulty, 0 to 1. */
  readonly rate: number;
  /** What to choose from, all equally often. Default everything that ends soon: not `stall` and not `endless`. */
  readonly kinds?: readonly RandomFaultKind[] | undefined;
  /** As in {@link FaultRule}. */
  readonly on?: FaultRule['on'];
  /** Largest `Retry-After` told, in seconds. Default 1. */
  readonly maxRetryAfter?: number | undefined;
}

/** A random number, 0 up to but not including 1. */
type Random = () => number;

const defaultKinds: readonly RandomFaultKind[] = [
  ...(['cut', 'flip', 'length', 'range', 'reset', 'garbage', 'slow', 'unavailable', 'busy'] as const),
  ...(['redirect', 'expired-redirect', 'expire-token'] as const),
];

/** Numbers that depend on nothing but a text. At most eight. */
function numbersOf(text: string): Random {
  const bytes = createHash('sha256').update(text).digest();
  let at = 0;
  return () => {
    const number = bytes.readUInt32BE(at) / 2 ** 32;
    at += 4;
    return number;
  };
}

/** Small numbers more often than large ones: most documents are small, some layers are not. */
function offset(random: Random): number {
  return Math.floor(random() ** 3 * 256 * 1024);
}

/** Token servers do not redirect, and only requests to the registry itself come with a token. */
function makesSense(name: RandomFaultKind, asked: FaultRequest['kind'], range: boolean): boolean {
  if (name === 'range') return range;
  if (name.endsWith('redirect')) return asked === 'manifest' || asked === 'blob';
  return name !== 'expire-token' || (asked !== 'token' && asked !== 'storage');
}

function busy(random: Random, maxRetryAfter: number): Fault {
  const seconds = Math.floor(random() * (maxRetryAfter + 1));
  const isDate = random() < 0.5;
  const retryAfter = isDate ? new Date(Date.now() + seconds * 1000).toUTCString() : seconds;
  return { kind: 'status', status: 429, code: 'TOOMANYREQUESTS', retryAfter, undone: true };
}

function faultOf(kind: RandomFaultKind, random: Random, maxRetryAfter: number): Fault {
  switch (kind) {
    case 'cut':
    case 'stall':
      return { kind, after: offset(random) };
    case 'flip':
      return { kind, at: Math.floor(random() * 200) };
    case 'length':
      return { kind, by: random() < 0.5 ? 1 : -1 };
    case 'range':
      return { kind, shift: 1 + Math.floor(random() * 1000), denied: random() < 0.5 };
    case 'slow':
      return { kind, chunkBytes: 16 * 1024, delay: 2 };
    case 'unavailable':
      return { kind: 'status', status: [500, 502, 503, 504][Math.floor(random() * 4)] ?? 503, undone: random() < 0.5 };
    case 'busy':
      return busy(random, maxRetryAfter);
    case 'redirect':
      return { kind, signed: { uses: 1 } };
    case 'expired-redirect':
      return { kind: 'redirect', signed: { uses: 0 } };
    default:
      return { kind };
  }
}

/**
 * A rule by which random requests fail, so that a soak test can be run again: whether and how a request fails depends on
 * the seed and on how many requests for the same thing came before, not on the order in which different things are asked
 * for.
 */
export function randomFaults(options: RandomFaultsOptions): FaultRule {
  const { seed, rate, kinds = defaultKinds, on, maxRetryAfter = 1 } = options;
  const counts = new Map<string, number>();
  const fault = ({ kind, method, reference, path, range }: FaultRequest): Fault | undefined => {
    // The id of an upload is another one in every run.
    const what = kind === 'upload' ? '' : (reference ?? path.replace(/\?.*/s, ''));
    const key = JSON.stringify([seed, kind, method, what]);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    const random = numbersOf(`${key} ${count}`);
    if (random() >= rate) return undefined;
    const fitting = kinds.filter((name) => makesSense(name, kind, range));
    const chosen = fitting[Math.floor(random() * fitting.length)];
    return chosen === undefined ? undefined : faultOf(chosen, random, maxRetryAfter);
  };
  return { fault, ...(on !== undefined && { on }) };
}
