/** A value above this counts milliseconds since the epoch, one below it seconds. */
const secondsCeiling = 1e11;

/**
 * How long a 429 asks to wait, in milliseconds from `now`. `X-Ratelimit-RetryAfter` is a point in time: the published
 * description says milliseconds since the epoch, the cloud sends seconds, so both are read.
 *
 * @param value - The header, `undefined` where there is none.
 * @param now - Milliseconds since the epoch.
 * @returns At least 0; `undefined` where the header tells nothing.
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined || !/^\d{1,16}$/.test(value.trim())) {
    return undefined;
  }
  const time = Number(value);
  return Math.max(0, (time > secondsCeiling ? time : time * 1000) - now);
}
