import { FalconClient, type FalconNotice, resolveCloud } from '@falcon-iar/falcon-api';
import { UsageError } from '../cli/usage-error.ts';
import { userAgent } from '../cli/user-agent.ts';
import { createFalconDispatcher } from '../deliver/falcon-dispatcher.ts';
import { readConnections } from './connections.ts';
import type { ImagesContext, ImagesOptions } from './images-options.ts';
import { warn } from './note.ts';
import { noticeText } from './notice-text.ts';

/** A client of the Falcon cloud, with the connections it uses. */
export interface FalconAccess extends AsyncDisposable {
  readonly client: FalconClient;
}

/**
 * A client with the credentials of the environment. The secret comes from there alone.
 *
 * @throws UsageError where something is missing or must not be given
 * @throws FalconError for a cloud that nobody knows or an address that is none
 */
export async function openFalcon(options: ImagesOptions, context: ImagesContext): Promise<FalconAccess> {
  const { env } = context;
  if (options.clientSecret !== undefined) {
    throw new UsageError(
      'a secret does not belong on a command line, which everyone on this machine can read',
      'set FALCON_CLIENT_SECRET in the environment instead',
    );
  }
  const clientId = options.clientId?.trim() ?? '';
  const clientSecret = env.FALCON_CLIENT_SECRET?.trim() ?? '';
  const missing = Object.entries({ FALCON_CLIENT_ID: clientId, FALCON_CLIENT_SECRET: clientSecret })
    .filter(([, value]) => value === '')
    .map(([name]) => name);
  if (missing.length > 0) {
    throw new UsageError(
      `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set`,
      'set both to an API client made in the Falcon console, with the scopes Falcon Images Download and Sensor Download',
    );
  }
  const cloud = resolveCloud(options.region);
  const apiUrl = options.apiUrl || cloud.apiUrl;
  const uploadUrl = options.apiUrl || cloud.uploadUrl;
  const dispatcher = createFalconDispatcher(await readConnections(options, env));
  const insecureHttp = options.insecureUseHttp ?? false;
  const onNotice = (notice: FalconNotice): void => {
    const text = noticeText(notice);
    if (text !== undefined) warn(text, options, context);
  };
  const shared = { apiUrl, uploadUrl, dispatcher, insecureHttp, onNotice, userAgent: userAgent() };
  const client = new FalconClient({ ...shared, credentials: { clientId, clientSecret } });
  return {
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await dispatcher.destroy();
    },
  };
}
