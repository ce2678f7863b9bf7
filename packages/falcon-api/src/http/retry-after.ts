/** A value above this counts milliseconds since the epoch, one below it seconds. */
const secondsCeiling = 1e11;

/**
 * How long a refusal asks to wait, in milliseconds from `now`. `X-Ratelimit-RetryAfter` is a point in time: the published
 * description says milliseconds since the epoch, the cloud sends seconds, so both are read. The `Retry-After` of RFC 9110
 * counts where that is missing: the cloud does not send it, but proxies and load balancers in front of it do.
 *
 * @param ratelimit - `X-Ratelimit-RetryAfter`, `undefined` where there is none.
 * @param standard - `Retry-After`, `undefined` where there is none.
 * @param now - Milliseconds since the epoch.
 * @returns At least 0; `undefined` where the headers tell nothing.
 */
export function readRetryAfter(
  ratelimit: string | undefined,
  standard: string | undefined,
  now: number,
): number | undefined {
  return readInstant(ratelimit, now) ?? readStandard(standard, now);
}

function readInstant(value: string | undefined, now: number): number | undefined {
  if (value === undefined || !/^\d{1,16}$/.test(value.trim())) {
    return undefined;
  }
  const time = Number(value);
  return Math.max(0, (time > secondsCeiling ? time : time * 1000) - now);
}

/** Seconds from now, or an HTTP date. */
function readStandard(value: string | undefined, now: number): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (/^\d{1,9}$/.test(value.trim())) {
    return Number(value) * 1000;
  }
  const time = /^[A-Z][a-z]{2}, .+ GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
