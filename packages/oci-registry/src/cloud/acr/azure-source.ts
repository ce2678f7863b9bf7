import { type RetryOptions, type RetryPolicy, retryPolicy } from '../../transport/retry.ts';
import { type CloudHttp, createCloudHttp } from '../cloud-http.ts';
import { readSettingsFile } from './read-settings-file.ts';

/** What sources of tokens live from. */
export interface AzureSourceOptions {
  /** Environment variables, `process.env` for example. Default none. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Reads a file as UTF-8; rejects with `code: 'ENOENT'` where there is none. Default from the disk, at most 1 MiB. */
  readonly readFile?: ((path: string, options: { signal?: AbortSignal | undefined }) => Promise<string>) | undefined;
  /** Asks Entra ID, the registry and the metadata service. Default one without a proxy. */
  readonly http?: CloudHttp | undefined;
  /** Current time in ms since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** When Entra ID and the registry are asked again. The metadata service has its own times. */
  readonly retry?: RetryOptions | undefined;
  /** Address of the instance metadata service. Default `http://169.254.169.254`. */
  readonly metadataEndpoint?: string | undefined;
}

/** {@link AzureSourceOptions} with every default filled in. */
export interface AzureSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string, options: { signal?: AbortSignal | undefined }) => Promise<string>;
  readonly http: CloudHttp;
  readonly now: () => number;
  readonly retry: RetryPolicy;
  readonly metadataEndpoint: string;
}

/** Fills the defaults in. */
export function azureSource(options: AzureSourceOptions = {}): AzureSource {
  return {
    env: options.env ?? {},
    readFile: options.readFile ?? readSettingsFile,
    http: options.http ?? createCloudHttp(),
    now: options.now ?? Date.now,
    retry: retryPolicy(options.retry),
    metadataEndpoint: options.metadataEndpoint ?? 'http://169.254.169.254',
  };
}
