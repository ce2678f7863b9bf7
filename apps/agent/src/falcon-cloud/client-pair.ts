import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UsageError } from '../cli/usage-error.ts';

/** The API client that the embedded cloud knows. */
export interface ClientPair {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Where the pair may come from. */
export interface ClientPairSources {
  /** From `--client-id` or FALCON_CLIENT_ID. */
  readonly clientId: string | undefined;
  /** FALCON_CLIENT_SECRET. */
  readonly clientSecret: string | undefined;
  /** A file of variables, from an earlier start perhaps. */
  readonly envFile: string | undefined;
}

/**
 * The pair of the environment, else that of the file, else a new one where there is a file to tell it in: it is shown
 * nowhere else.
 *
 * @throws UsageError where half a pair is given, or nowhere to keep a new one
 */
export async function findClientPair({ clientId, clientSecret, envFile }: ClientPairSources): Promise<ClientPair> {
  if (clientId && clientSecret) return { clientId, clientSecret };
  if (clientId || clientSecret) {
    const missing = clientId ? 'FALCON_CLIENT_SECRET' : 'FALCON_CLIENT_ID';
    throw new UsageError(`${missing} is not set`, 'set both, or neither and have a pair made');
  }
  if (envFile === undefined) {
    throw new UsageError(
      'there is no API client and no file to write a new one to',
      'set FALCON_CLIENT_ID and FALCON_CLIENT_SECRET, or give --env-file FILE or --store DIR',
    );
  }
  return (await readPair(envFile)) ?? { clientId: hex(16), clientSecret: hex(20) };
}

/** The pair in a file of `NAME=value` lines; `undefined` where there is no such file or no pair in it. */
async function readPair(file: string): Promise<ClientPair | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new UsageError(`cannot read ${file}`, 'it holds the API client of the last start', { cause: error });
  });
  const variable = (name: string) => new RegExp(`^${name}='?([^'\n]+)'?$`, 'm').exec(text)?.[1];
  const [clientId, clientSecret] = [variable('FALCON_CLIENT_ID'), variable('FALCON_CLIENT_SECRET')];
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
