import type { Dispatcher } from 'undici';
import { createTokenSource } from '../auth/create-token-source.ts';
import type { TokenSource } from '../auth/token-source.ts';
import { FalconError } from '../falcon-error.ts';
import type { FalconClientOptions } from './falcon-client.ts';

/** The token source of a client, and what the client does with it when it closes. */
export interface ClientTokenSource {
  readonly tokenSource: TokenSource;
  /** Closes a source that is the client's own. */
  release(): Promise<void>;
}

/**
 * The token source that the options name, or one for the credentials in them.
 *
 * @throws FalconError `OPTIONS_INVALID`.
 */
export function clientTokenSource(
  options: FalconClientOptions,
  shared: { dispatcher: Dispatcher; userAgent: string; now: () => number; timeout: number },
): ClientTokenSource {
  if (options.tokenSource !== undefined) {
    return { tokenSource: options.tokenSource, release: async () => undefined };
  }
  if (options.credentials === undefined) {
    throw new FalconError('OPTIONS_INVALID', 'Falcon client: neither credentials nor tokenSource was given');
  }
  const { clientId, clientSecret, memberCid } = options.credentials;
  const tokenSource = createTokenSource({
    clientId,
    clientSecret,
    ...(memberCid === undefined ? {} : { memberCid }),
    apiUrl: options.apiUrl,
    insecureHttp: options.insecureHttp ?? false,
    ...(options.pace === undefined ? {} : { pace: options.pace }),
    ...(options.onNotice === undefined ? {} : { onNotice: options.onNotice }),
    ...shared,
  });
  const revokes = options.revokeOnClose ?? true;
  return { tokenSource, release: async () => (revokes ? tokenSource.close() : undefined) };
}
