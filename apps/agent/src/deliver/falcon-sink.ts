import {
  FalconClient,
  type FalconClientOptions,
  FalconError,
  type FalconInventoryContext,
  type TokenSource,
  toFalconInventory,
} from '@falcon-iar/falcon-api';
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
const final: ReadonlySet<string> = new Set(['REQUEST_REJECTED', 'INVENTORY_INVALID']);

/**
 * Delivers to the Falcon cloud. An image is told with the first workload that ran it.
 *
 * @throws FalconError `OPTIONS_INVALID`
 */
export function createFalconSink(options: FalconSinkOptions, agent: AgentIdentity): Sink {
  const client = new FalconClient(options);
  return {
    name: 'falcon',
    // A token tells of a wrong secret, region or address; more would need a scope that an upload does not.
    connect: async (asked) => void (await options.tokenSource.token(asked)),
    async send(report, { signal }) {
      try {
        await client.inventory.upload(toFalconInventory(report.inventory, contextOf(report, agent)), { signal });
      } catch (error) {
        if (!(error instanceof FalconError) || !final.has(error.code)) throw error;
        throw new SinkRejection(error.message, { cause: error });
      }
    },
    close: () => client.close(),
  };
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
