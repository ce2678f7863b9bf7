import { join } from 'node:path';
import { createFalconCloud, type FalconCloudDouble } from '@falcon-iar/falcon-api/testing';
import { signalExitCode } from '../cli/exit-code.ts';
import { UsageError } from '../cli/usage-error.ts';
import { callLine } from './call-line.ts';
import { findClientPair } from './client-pair.ts';
import { formatVariables, type Variables, writeEnvironmentFile } from './environment-file.ts';
import { parseListenAddress } from './listen-address.ts';
import { readFaults } from './read-faults.ts';
import { readFindings } from './read-findings.ts';

/** The options of `iar falcon-cloud`, as the command line and the environment give them. */
export interface FalconCloudOptions {
  readonly listen?: string;
  readonly store?: string;
  readonly envFile?: string;
  readonly clientId?: string;
  /** Only there so that it can be refused: everyone on the machine sees a command line. */
  readonly clientSecret?: string;
  readonly cid?: string;
  readonly region: string;
  readonly scope?: readonly string[];
  readonly faults?: string;
  readonly findings?: string;
  readonly rateLimit: number;
  readonly retryAfter: 'seconds' | 'milliseconds';
  readonly gzip: 'accepted' | 'unsupported' | 'refused';
  readonly tokenLifetime: number;
  readonly maxBody?: number;
  readonly maxStored?: number;
  readonly quiet?: boolean;
}

/** Where it runs: what it reads, where it writes, and when it is to stop. */
export interface FalconCloudContext {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Its reason is the name of the process signal. */
  readonly signal: AbortSignal;
}

const envFileName = 'falcon-cloud.env';

/**
 * `iar falcon-cloud`: an embedded Falcon cloud that runs until a signal ends it.
 *
 * @returns the exit code
 * @throws UsageError, and FalconError where the store cannot be used
 */
export async function falconCloud(options: FalconCloudOptions, context: FalconCloudContext): Promise<number> {
  const { env, stdout, stderr, signal } = context;
  if (options.clientSecret !== undefined) {
    throw new UsageError(
      'a secret does not belong on a command line, which everyone on this machine can read',
      'set FALCON_CLIENT_SECRET in the environment instead',
    );
  }
  const { clientId, store } = options;
  const envFile = options.envFile ?? (store === undefined ? undefined : join(store, envFileName));
  const pair = await findClientPair({ clientId, clientSecret: env.FALCON_CLIENT_SECRET, envFile });
  await using cloud = await start(options, pair, stderr);
  const variables = leadingTo(cloud);
  if (envFile !== undefined) {
    const secret = { FALCON_CLIENT_SECRET: pair.clientSecret, AGENT_CLIENT_SECRET: pair.clientSecret };
    await writeEnvironmentFile(envFile, { ...variables, ...secret });
    stderr.write(`iar: the variables that lead here, with the secret, are in ${envFile}\n`);
  }
  const where = store === undefined ? 'in memory' : `in ${store}`;
  stderr.write(`iar: Falcon cloud ${cloud.region} is ready, ${cloud.stored.size} inventories ${where}\n`);
  stdout.write(formatVariables(variables));
  await aborted(signal);
  stderr.write(`iar: Falcon cloud ended with ${cloud.stored.size} inventories ${where}\n`);
  return signalExitCode(signal.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
}

type Pair = Awaited<ReturnType<typeof findClientPair>>;

async function start(
  options: FalconCloudOptions,
  pair: Pair,
  stderr: NodeJS.WritableStream,
): Promise<FalconCloudDouble> {
  const { store, region, scope, faults, rateLimit, retryAfter, gzip, tokenLifetime, maxBody, maxStored, quiet } =
    options;
  const listen = parseListenAddress(options.listen ?? '0');
  const ccid = readCid(options.cid);
  try {
    return await createFalconCloud({
      ...{ ...pair, region, rateLimit, retryAfterUnit: retryAfter, gzip, tokenLifetime, listen, control: true },
      ...{ imageRegistry: true, keep: 200 },
      ...(ccid === undefined ? {} : { ccid }),
      ...(store === undefined ? {} : { storeDir: store }),
      ...(scope === undefined ? {} : { scopes: scope }),
      ...(faults === undefined ? {} : { faults: await readFaults(faults) }),
      ...(options.findings === undefined ? {} : { read: await readFindings(options.findings) }),
      ...(maxBody === undefined ? {} : { maxBody }),
      ...(maxStored === undefined ? {} : { maxStored }),
      onCall: (call) => {
        if (quiet !== true || call.reason !== undefined) stderr.write(`${callLine(call, new Date())}\n`);
      },
    });
  } catch (error) {
    throw explainStart(error, options.listen);
  }
}

function explainStart(error: unknown, listen: string | undefined): unknown {
  const { code, name, message, hint } = error as NodeJS.ErrnoException & { readonly hint?: string };
  if (name === 'FalconError') return new UsageError(message, hint, { cause: error });
  if (code === undefined || !['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES'].includes(code)) return error;
  return new UsageError(
    `cannot listen on ${listen ?? 'a free port'}: ${code}`,
    'give --listen another address or port',
    {
      cause: error,
    },
  );
}

/** The id with checksum; how a missing one is computed is not public. */
function readCid(cid: string | undefined): string | undefined {
  if (cid === undefined || /^[\da-f]{32}-[\da-f]{2}$/i.test(cid)) return cid;
  if (/^[\da-f]{32}$/i.test(cid)) return `${cid}-00`;
  throw new UsageError('the customer id is not 32 hexadecimal digits, with or without a checksum', 'see FALCON_CID');
}

/** What makes the agent and `iar images` come here, without the secret. */
function leadingTo(cloud: FalconCloudDouble): Variables {
  const { apiUrl, uploadUrl, controlUrl, registry, clientId, region, ccid } = cloud;
  return {
    IAR_FALCON_API_URL: apiUrl,
    IAR_FALCON_UPLOAD_URL: uploadUrl,
    ...(registry === undefined ? {} : { IAR_FALCON_REGISTRY: registry.host }),
    ...(controlUrl === undefined ? {} : { FALCON_CLOUD_CONTROL_URL: controlUrl }),
    FALCON_CLIENT_ID: clientId,
    AGENT_CLIENT_ID: clientId,
    FALCON_CLOUD: region,
    AGENT_REGION: region,
    FALCON_CID: ccid,
    AGENT_CID: ccid,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
