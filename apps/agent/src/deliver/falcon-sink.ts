import {
  FalconClient,
  type FalconClientOptions,
  FalconError,
  type FalconInventoryContext,
  type TokenSource,
  toFalconInventory,
  type UploadReceipt,
} from '@falcon-iar/falcon-api';
import type { Logger } from '../observe/logger.ts';
import { type Report, type Sink, SinkRejection } from './sink.ts';

/** What every upload of this agent has in common. */
export type AgentIdentity = Pick<
  FalconInventoryContext,
  | 'agentUuid'
  | 'agentVersion'
  | 'agentVersionHash'
  | 'clusterId'
  | 'clusterName'
  | 'helmVersion'
  | 'hostIp'
  | 'hostName'
  | 'runmode'
  | 'runtimeType'
  | 'cid'
>;

/** How to reach the cloud, with a token source that may be asked by itself. */
export type FalconSinkOptions = FalconClientOptions & { readonly tokenSource: TokenSource };

/** Refusals that sending the same again cannot change. */
const final: ReadonlySet<string> = new Set(['PAYLOAD_REJECTED', 'REQUEST_REJECTED', 'INVENTORY_INVALID']);

/** What a probe may find that an upload would not get past either. */
const locked: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'CREDENTIALS_REJECTED', 'IP_NOT_ALLOWED']);

/**
 * Delivers to the Falcon cloud. An image is told with the first workload that ran it. The log says which host took it.
 *
 * @throws FalconError `OPTIONS_INVALID`
 */
export function createFalconSink(options: FalconSinkOptions, agent: AgentIdentity, logger: Logger): Sink {
  const client = new FalconClient(options);
  return {
    name: 'falcon',
    async connect(asked) {
      // A token tells of a wrong secret, region or address.
      await options.tokenSource.token(asked);
      await probe(client, asked.signal, logger);
    },
    async send(report, { signal }) {
      try {
        const request = toFalconInventory(report.inventory, contextOf(report, agent));
        logReceipt(report, await client.inventory.upload(request, { signal }), logger);
      } catch (error) {
        if (!(error instanceof FalconError) || !final.has(error.code)) throw error;
        throw new SinkRejection(error.message, { cause: error });
      }
    },
    close: () => client.close(),
  };
}

/** Asks early whether uploads are let in. Only what would stop an upload, too, is thrown: it needs another scope. */
async function probe(client: FalconClient, signal: AbortSignal, logger: Logger): Promise<void> {
  try {
    await client.inventory.probe({ signal, maxAge: 0 });
  } catch (err) {
    if (!(err instanceof FalconError) || locked.has(err.code)) throw err;
    logger.warn('the cloud does not say whether it takes inventories; they are sent anyway', { err });
  }
}

function logReceipt({ identity: digest }: Report, receipt: UploadReceipt, logger: Logger): void {
  const { host, url, bytes, sentBytes, encoding, traceId, failover, shed } = receipt;
  logger.info('inventory uploaded', { digest, host, url, bytes, sentBytes, encoding, traceId, failover });
  if (shed.length > 0) logger.warn('the inventory was too large; optional parts of it were left out', { digest, shed });
}

function contextOf({ contexts: [first = {}], reference, collectedAt, scanId }: Report, agent: AgentIdentity) {
  const { podUid, podName, namespace, containerId, ephemeral, nodeName } = first;
  const isPod = podName !== undefined && namespace !== undefined;
  const context: FalconInventoryContext = {
    ...agent,
    hostName: nodeName ?? agent.hostName,
    pod: isPod ? { id: podUid ?? '', name: podName, namespace } : undefined,
    containerId,
    ephemeral,
    originalImageName: reference,
    collectedAt,
    engineVersion: agent.agentVersion,
    scanUuid: scanId,
  };
  return context;
}
