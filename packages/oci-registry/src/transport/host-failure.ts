import { RegistryError } from '../error.ts';
import type { RegistryErrorCode } from '../error-codes.ts';
import type { RegistryHost } from '../hosts/registry-host.ts';

/** A host that was asked in vain. */
export interface HostFailure {
  readonly host: RegistryHost;
  readonly error: RegistryError;
}

/** What is wrong here and not with the host: the next one would only hide it. */
const ours: ReadonlySet<RegistryErrorCode> = new Set([
  'BLOCKED',
  'CLOSED',
  'CREDENTIALS_INVALID',
  'HOSTS_INVALID',
  'REFERENCE_INVALID',
]);

/** Whether another host may have what this one could not give. */
export function isHostFailure(error: unknown): error is RegistryError {
  return error instanceof RegistryError && !ours.has(error.code);
}

/**
 * The error where every host failed: that of the last one, which is the registry itself where it may be asked at all,
 * with those of the mirrors before it in `cause`.
 *
 * @param failures in the order asked, at least one
 * @param passedOver hosts that were not asked, as they failed a moment ago
 */
export function hostsFailed(failures: readonly HostFailure[], passedOver: readonly RegistryHost[]): RegistryError {
  const last = failures.at(-1)?.error ?? new RegistryError('UNAVAILABLE', 'no host was asked');
  const before = [
    ...failures.slice(0, -1).map(({ host, error }) => `${host.api.host} (${error.code})`),
    ...passedOver.map((host) => `${host.api.host} (passed over: it could not be reached a moment ago)`),
  ];
  if (before.length === 0) return last;
  const said = last.message.slice(`[${last.code}] `.length);
  return new RegistryError(last.code, `${said}; mirrors tried before it: ${before.join(', ')}`, {
    status: last.status,
    retryable: last.retryable,
    retryAfter: last.retryAfter,
    hint: last.hint,
    cause: new AggregateError(
      failures.map(({ error }) => error),
      'every host failed',
    ),
  });
}
