import {
  FalconClient,
  type FalconClientOptions,
  FalconError,
  type FalconInventoryContext,
  type ProbeResult,
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

/** The Falcon cloud as a sink. */
export interface FalconSink extends Sink {
  readonly kind: 'falcon';
  /** Asks, without sending anything, whether an upload would be let in. @throws FalconError */
  probe(options: { readonly signal: AbortSignal }): Promise<ProbeResult>;
}

/** Refusals that sending the same again cannot change. */
const final: ReadonlySet<string> = new Set(['REQUEST_REJECTED', 'INVENTORY_INVALID']);

/**
 * Delivers to the Falcon cloud. An image is told with the first workload that ran it.
 *
 * @throws FalconError `OPTIONS_INVALID`
 */
export function createFalconSink(options: FalconClientOptions, agent: AgentIdentity): FalconSink {
  const client = new FalconClient(options);
  return {
    name: 'falcon',
    kind: 'falcon',
    async send(report, { signal }) {
      try {
        await client.inventory.upload(toFalconInventory(report.inventory, contextOf(report, agent)), { signal });
      } catch (error) {
        if (!(error instanceof FalconError) || !final.has(error.code)) throw error;
        throw new SinkRejection(error.message, { cause: error });
      }
    },
    probe: (asked) => client.inventory.probe(asked),
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
