import { RegistryError } from '../../error.ts';
import type { AzureToken, AzureTokenProvider, AzureTokenRequest } from './azure-token.ts';

/** What an error says after its code. An error of other people's code may say anything, so it says nothing. */
function reasonOf(error: unknown): string {
  return error instanceof RegistryError ? error.message.replace(/^\[[A-Z_]+\] /, '') : 'it failed';
}

function unavailable(cloud: string, told: readonly string[], failure: unknown): RegistryError {
  const list = told.length === 0 ? 'there is no source to ask' : told.join('; ');
  const message = `get a token of Entra ID for ${cloud}: ${list}`;
  if (failure === undefined) {
    return new RegistryError('CREDENTIALS_UNAVAILABLE', message, {
      hint: 'set one of these identities up and give it the role AcrPull, or give a user name and password',
    });
  }
  const known = failure instanceof RegistryError ? failure : undefined;
  return new RegistryError('CREDENTIALS_UNAVAILABLE', message, {
    status: known?.status,
    retryable: known?.retryable,
    retryAfter: known?.retryAfter,
    hint: known?.hint,
    cause: failure,
  });
}

/**
 * The token of the first source that is set up.
 *
 * @throws RegistryError `CREDENTIALS_UNAVAILABLE` with every source that was asked, and why it gave nothing;
 * `CREDENTIALS_INVALID` for a setting that cannot be understood
 */
export async function firstToken(
  providers: readonly AzureTokenProvider[],
  request: AzureTokenRequest,
): Promise<AzureToken> {
  const told: string[] = [];
  for (const provider of providers) {
    try {
      const answer = await provider.getToken(request);
      if (!('absent' in answer)) return answer;
      told.push(`${provider.name}: ${answer.absent}`);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof RegistryError && error.code === 'CREDENTIALS_INVALID') throw error;
      told.push(`${provider.name}: ${reasonOf(error)}`);
      throw unavailable(request.cloud, told, error);
    }
  }
  throw unavailable(request.cloud, told, undefined);
}
