import { RegistryError } from '../error.ts';

/** What an error says after its code. An error of other people's code may say anything, so it says nothing. */
export function reasonOf(error: unknown): string {
  return error instanceof RegistryError ? error.message.replace(/^\[[A-Z_]+\] /, '') : 'it failed';
}

/** A failure as `CREDENTIALS_UNAVAILABLE`, with all else that is known of it: a client goes on without this keychain. */
export function unavailable(message: string, cause: unknown): RegistryError {
  const { status, retryable, retryAfter, hint }: Partial<RegistryError> = cause instanceof RegistryError ? cause : {};
  return new RegistryError('CREDENTIALS_UNAVAILABLE', message, { status, retryable, retryAfter, hint, cause });
}
