import { FalconError } from '../falcon-error.ts';

/** The `User-Agent` of a caller who names none. */
export const defaultUserAgent = 'falcon-iar-falcon-api';

/**
 * Checks a `User-Agent`: visible ASCII and spaces.
 *
 * @throws FalconError `OPTIONS_INVALID`.
 */
export function parseUserAgent(value: string): string {
  if (!/^[\x21-\x7e][\x20-\x7e]{0,255}$/.test(value)) {
    throw new FalconError('OPTIONS_INVALID', 'userAgent: not 1 to 256 characters of visible ASCII');
  }
  return value;
}
