import { WatcherError } from '../watcher-error.ts';
import type { PullSecret } from './pull-secrets.ts';

/**
 * The docker config in a Secret, of either form.
 *
 * @throws WatcherError `RESPONSE_INVALID` where it has none.
 */
export function readDockerConfig(secret: unknown, where: string): Pick<PullSecret, 'format' | 'dockerConfig'> {
  const { data } = (secret ?? {}) as { data?: Readonly<Record<string, unknown>> | null };
  const json = data?.['.dockerconfigjson'];
  if (typeof json === 'string') return { format: 'config.json', dockerConfig: decode(json) };
  const cfg = data?.['.dockercfg'];
  if (typeof cfg === 'string') return { format: '.dockercfg', dockerConfig: decode(cfg) };
  throw new WatcherError('RESPONSE_INVALID', `${where}: the Secret has neither .dockerconfigjson nor .dockercfg`);
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
