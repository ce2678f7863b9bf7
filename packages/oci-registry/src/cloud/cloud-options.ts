import { type RetryOptions, type RetryPolicy, retryPolicy } from '../transport/retry.ts';
import { type CloudHttp, createCloudHttp } from './cloud-http.ts';
import { type ReadFile, readTextFile } from './read-text-file.ts';

/** Values of environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What everything that finds an identity in a cloud is given. Nothing is read from the process itself. */
export interface CloudOptions {
  /** The variables that the tools of the cloud read, usually `process.env`; looked at in each call. Default none. */
  readonly env?: Environment | undefined;
  /** Reads files with settings and tokens, each time anew as they are rotated. Default from the disk, at most 1 MiB. */
  readonly readFile?: ReadFile | undefined;
  /** Asks the services of the cloud and of the machine. Default `createCloudHttp()`: no proxy. */
  readonly http?: CloudHttp | undefined;
  /** How often throttled and failed requests are sent again. The services of the machine have their own times. */
  readonly retry?: RetryOptions | undefined;
  /** Current time in ms since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** {@link CloudOptions} with every default filled in. */
export interface CloudContext {
  readonly env: Environment;
  readonly readFile: ReadFile;
  readonly http: CloudHttp;
  readonly retry: RetryPolicy;
  readonly now: () => number;
}

/** Fills the defaults in. */
export function cloudContext(options: CloudOptions = {}): CloudContext {
  return {
    env: options.env ?? {},
    readFile: options.readFile ?? readTextFile,
    http: options.http ?? createCloudHttp(),
    retry: retryPolicy(options.retry),
    now: options.now ?? Date.now,
  };
}
