import type { Failure } from './describe-failure.ts';

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** The longest an image ever rests, ms. */
export const longestRest: number = 27 * hours;

/** What somebody may mend at any moment: a missing right, a missing secret. */
const mendable: ReadonlySet<string> = new Set([
  'UNAUTHORIZED',
  'DENIED',
  'FORBIDDEN',
  'PERMISSION',
  'BLOCKED',
  'CREDENTIALS_INVALID',
  'CREDENTIALS_UNAVAILABLE',
  'HOSTS_INVALID',
  'CREDENTIALS_UNREADABLE',
  'PROXY',
  'TLS',
]);

/**
 * How long an image that failed rests, in ms: doubling from seconds to ten minutes where waiting may help, from one
 * minute to an hour where somebody has to mend a right, and from one hour to a day where the image itself is broken. A
 * quarter of it is chance, so that images that failed together do not come back together.
 *
 * @param attempts - Failures so far, 1 for the first.
 */
export function retryDelay(failure: Failure, attempts: number, random: () => number): number {
  const [first, longest] = limits(failure);
  const delay = Math.min(first * 2 ** Math.min(attempts - 1, 20), longest);
  const jittered = delay * (0.875 + random() * 0.25);
  return Math.round(Math.max(jittered, Math.min(failure.retryAfter ?? 0, longest)));
}

function limits({ code, retryable }: Failure): readonly [number, number] {
  if (retryable) return [5 * seconds, 10 * minutes];
  return mendable.has(code) ? [1 * minutes, 1 * hours] : [1 * hours, 24 * hours];
}
