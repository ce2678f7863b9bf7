import { RegistryError } from '../error.ts';

/** Whether a keychain says that it can give nothing now: no identity, a helper that fails. Others may still open the door. */
export function isUnavailable(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.code === 'CREDENTIALS_UNAVAILABLE';
}

/** Several such errors as one; the only one as it is. */
export function unavailableCredentials(errors: readonly [RegistryError, ...RegistryError[]]): RegistryError {
  const [first, ...others] = errors;
  if (others.length === 0) return first;
  const said = errors.map((error) => error.message.replace(`[${error.code}] `, '')).join('; ');
  return new RegistryError('CREDENTIALS_UNAVAILABLE', said, {
    retryable: errors.some(({ retryable }) => retryable),
    hint: errors.map(({ hint }) => hint).join('; or '),
    cause: new AggregateError(errors, 'no keychain could give a credential'),
  });
}
