import { RegistryError } from '../../error.ts';
import { isNotFound, openRegularFile, readRange } from '../../file/read-file.ts';
import { readCapped } from '../../transport/read-capped.ts';
import { type RetryOptions, type RetryPolicy, retryPolicy } from '../../transport/retry.ts';
import { type CloudHttp, createCloudHttp } from '../cloud-http.ts';

/** Values of environment variables. */
export type AwsEnvironment = Readonly<Record<string, string | undefined>>;

/** Reads a small file with a token as text. Must reject with the signal's reason when it aborts. */
export type ReadTokenFile = (path: string, options: { signal?: AbortSignal | undefined }) => Promise<string>;

/** What everything that finds an AWS identity is given. */
export interface AwsOptions {
  /** The variables that AWS SDKs read, usually `process.env`; looked at in each call. Default none. */
  readonly env?: AwsEnvironment | undefined;
  /** Asks AWS and the services of the machine. Default `createCloudHttp()`: no proxy. */
  readonly http?: CloudHttp | undefined;
  /** Current time in ms since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Reads token files, for each request anew as they are rotated. Default from the disk, at most 64 KiB. */
  readonly readFile?: ReadTokenFile | undefined;
  /** How often throttled and failed requests to AWS are sent again. */
  readonly retry?: RetryOptions | undefined;
}

/** {@link AwsOptions} with every default filled in. */
export interface AwsContext {
  readonly env: AwsEnvironment;
  readonly http: CloudHttp;
  readonly now: () => number;
  readonly readFile: ReadTokenFile;
  readonly retry: RetryPolicy;
}

const maxTokenFileBytes = 64 * 1024;

async function readTokenFile(path: string, { signal }: { signal?: AbortSignal | undefined }): Promise<string> {
  signal?.throwIfAborted();
  try {
    const { handle } = await openRegularFile(path);
    try {
      const tooLarge = (): Error =>
        new RegistryError(
          'CREDENTIALS_UNAVAILABLE',
          `read token file, ${path}: larger than ${maxTokenFileBytes} bytes`,
        );
      const content = readRange(handle, 0, maxTokenFileBytes + 1, signal);
      return Buffer.from(await readCapped(content, maxTokenFileBytes, tooLarge)).toString('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RegistryError) throw error;
    const reason = isNotFound(error) ? 'it does not exist' : ((error as NodeJS.ErrnoException).code ?? 'unreadable');
    throw new RegistryError('CREDENTIALS_UNAVAILABLE', `read token file, ${path}: ${reason}`, {
      hint: 'check that the token is mounted and readable for this process',
      cause: error,
    });
  }
}

/** Fills the defaults in. */
export function awsContext(options: AwsOptions = {}): AwsContext {
  return {
    env: options.env ?? {},
    http: options.http ?? createCloudHttp(),
    now: options.now ?? Date.now,
    readFile: options.readFile ?? readTokenFile,
    retry: retryPolicy(options.retry),
  };
}

/** The value of a variable; an empty one is not set. */
export function envValue(env: AwsEnvironment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
