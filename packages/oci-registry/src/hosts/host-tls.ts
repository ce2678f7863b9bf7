import { isAbsolute, join } from 'node:path';
import type { TlsOptions } from '../transport/client-options.ts';
import type { PemFiles } from './pem-files.ts';

/** What a configuration says about TLS with one host; files are absolute or relative to a folder. */
export interface TlsSettings {
  /** Files with certificates of authorities. */
  readonly authorities: readonly string[];
  /** Client certificates, each with the file of its key where it has one of its own. */
  readonly clients: readonly (readonly [cert: string, key?: string | undefined])[];
  /** True accepts any certificate. */
  readonly skipVerify?: boolean | undefined;
}

/**
 * Reads the files of TLS settings.
 *
 * Of several client certificates the first is taken: a server is answered before it can be known which it wants.
 *
 * @param folder what relative paths are relative to
 * @returns `undefined` where the settings say nothing
 */
export async function readTls(
  settings: TlsSettings,
  folder: string,
  pems: PemFiles,
  signal: AbortSignal | undefined,
): Promise<TlsOptions | undefined> {
  const { authorities, clients, skipVerify } = settings;
  const [client] = clients;
  if (authorities.length === 0 && client === undefined && skipVerify === undefined) return undefined;
  const locate = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const ca: string[] = [];
  for (const path of authorities) ca.push(await pems.authority(locate(path), signal));
  const [certPath, keyPath] = client ?? [];
  const identity =
    certPath === undefined
      ? undefined
      : await pems.identity(locate(certPath), keyPath === undefined ? undefined : locate(keyPath), signal);
  return {
    ...(ca.length > 0 && { ca }),
    ...identity,
    ...(skipVerify !== undefined && { rejectUnauthorized: !skipVerify }),
  };
}
