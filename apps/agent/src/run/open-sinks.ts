import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createTokenSource, type FalconNotice, resolveCloud } from '@falcon-iar/falcon-api';
import { userAgent } from '../cli/user-agent.ts';
import { agentVersion } from '../cli/version.ts';
import type { Settings } from '../config/settings.ts';
import { formatSink } from '../config/values/sink.ts';
import { createFalconDispatcher, type FalconConnections } from '../deliver/falcon-dispatcher.ts';
import { type AgentIdentity, createFalconSink } from '../deliver/falcon-sink.ts';
import { createFileSink } from '../deliver/file-sink.ts';
import { logNotice } from '../deliver/log-notice.ts';
import type { Sink } from '../deliver/sink.ts';
import type { Logger } from '../observe/logger.ts';

/** What only the workloads tell. */
export interface SinkContext {
  readonly clusterId: string;
  readonly runtimeType: string | undefined;
  /** PEM certificates to trust as well. */
  readonly ca: string | undefined;
  readonly logger: Logger;
}

/**
 * The sinks that the settings name.
 *
 * @throws FalconError for a cloud that cannot be used
 */
export function openSinks(settings: Settings, context: SinkContext): Sink[] {
  return settings.sinks.map((sink): Sink => {
    const name = formatSink(sink);
    if (sink.kind === 'file') {
      return createFileSink({ name, directory: sink.directory, agentVersion: agentVersion() });
    }
    return openFalcon(settings, context);
  });
}

function openFalcon(settings: Settings, context: SinkContext): Sink {
  const { clientId, clientSecret, falconApiUrl, falconUploadUrl, region } = settings;
  if (clientId === undefined || clientSecret === undefined) throw new Error('the falcon sink has no credentials');
  const cloud = resolveCloud(region);
  const apiUrl = falconApiUrl ?? cloud.apiUrl;
  const uploadUrl = falconUploadUrl ?? cloud.uploadUrl;
  const dispatcher = createFalconDispatcher(connectionsOf(settings, context.ca));
  const credentials = { clientId, clientSecret: clientSecret.reveal() };
  const onNotice = (notice: FalconNotice) => logNotice(notice, context.logger);
  const connection = { apiUrl, userAgent: userAgent(), dispatcher, onNotice };
  const tokenSource = createTokenSource({ ...credentials, ...connection });
  const options = { ...connection, tokenSource, uploadUrl };
  const sink = createFalconSink(options, identityOf(settings, context), context.logger);
  return {
    ...sink,
    async close() {
      await sink.close();
      await tokenSource.close();
      await dispatcher.destroy();
    },
  };
}

function connectionsOf({ httpProxy, httpsProxy, noProxy }: Settings, ca: string | undefined): FalconConnections {
  return { proxy: { http: httpProxy?.reveal(), https: httpsProxy?.reveal(), no: noProxy.join(',') }, ca };
}

function identityOf(settings: Settings, { clusterId, runtimeType }: SinkContext): AgentIdentity {
  return {
    agentUuid: randomUUID(),
    agentVersion: agentVersion(),
    agentVersionHash: '',
    clusterId,
    clusterName: settings.clusterName ?? '',
    helmVersion: settings.chartVersion ?? '',
    // In watcher mode the image runs on another host than the agent.
    hostIp: settings.runmode === 'socket' ? (settings.podNodeIp ?? '') : '',
    hostName: settings.podNodeName ?? hostname(),
    runmode: settings.runmode,
    runtimeType,
    cid: settings.cid,
  };
}
