/**
 * ms that a `Retry-After` header asks to wait: seconds or an HTTP date (RFC 9110, 10.2.3).
 *
 * @param now - ms since the epoch.
 * @returns At least 0; `undefined` where the header tells nothing.
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) {
    return Number(text) * 1000;
  }
  // Date.parse reads far more than HTTP dates, among it "-1"; every HTTP date ends in GMT.
  const time = text.endsWith('GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
