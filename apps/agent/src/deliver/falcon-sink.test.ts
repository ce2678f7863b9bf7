import { createTokenSource } from '@falcon-iar/falcon-api';
import { createFalconCloud, type FalconCloudDouble } from '@falcon-iar/falcon-api/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MemoryLogger, memoryLogger } from '../observe/memory-logger.test-support.ts';
import { inventoryOf } from '../store/store.test-support.ts';
import { type AgentIdentity, createFalconSink } from './falcon-sink.ts';
import { type Report, type Sink, SinkRejection } from './sink.ts';

const { signal } = new AbortController();
const agent: AgentIdentity = {
  ...{ agentUuid: 'b3b1c2d4-0000-4000-8000-000000000001', agentVersion: '1.2.3', agentVersionHash: '' },
  ...{ clusterId: 'the-cluster', clusterName: 'shop-1', helmVersion: '', hostIp: '', hostName: 'agent-pod' },
  ...{ runmode: 'watcher', runtimeType: undefined, cid: undefined },
};
const inventory = inventoryOf('app');
const report: Report = {
  identity: inventory.subject.digest,
  reference: 'app:1',
  collectedAt: '2025-06-01T10:00:00Z',
  scanId: '0b0c7f0e-6f8c-4a6f-9a56-111111111111',
  inventory,
  contexts: [
    {
      ...{ namespace: 'shop', podName: 'app-1', podUid: 'uid-1', containerName: 'app', containerId: 'c1' },
      ...{ nodeName: 'node-7', ephemeral: true },
    },
    { namespace: 'shop', podName: 'app-2' },
  ],
  contextsOmitted: 0,
};
let cloud: FalconCloudDouble;
let sink: Sink;
let logger: MemoryLogger;

beforeEach(async () => {
  cloud = await createFalconCloud();
  const { apiUrl, uploadUrl, clientId, clientSecret } = cloud;
  const tokenSource = createTokenSource({ apiUrl, clientId, clientSecret });
  logger = memoryLogger();
  sink = createFalconSink({ tokenSource, uploadUrl, sleep: async () => undefined }, agent, logger);
});
afterEach(async () => {
  await sink.close();
  await cloud.close();
});

describe('createFalconSink', () => {
  it('uploads the inventory with the agent and the first workload that ran the image', async () => {
    await sink.send(report, { signal });
    expect(cloud.inventories).toMatchObject([
      {
        ...{ agent_uuid: agent.agentUuid, agent_version: '1.2.3', cluster_id: 'the-cluster', runmode: 'watcher' },
        ...{ pod_id: 'uid-1', pod_name: 'app-1', pod_namespace: 'shop', container_id: 'c1', ephemeral_scan: true },
        ...{ host_name: 'node-7', original_image_name: 'app:1' },
        inventory: { ImageInfo: { Digest: report.identity } },
        scan_request: { ScanInfo: { ScanUUID: report.scanId } },
      },
    ]);
  });

  it('says nothing of a pod where there is none', async () => {
    await sink.send({ ...report, contexts: [{ containerId: 'c1', hostName: 'vm-1' }] }, { signal });
    await sink.send({ ...report, contexts: [] }, { signal });
    for (const upload of cloud.inventories) {
      expect(upload).toMatchObject({ host_name: 'agent-pod', original_image_name: 'app:1' });
      expect(upload).not.toHaveProperty('pod_name');
    }
  });

  it('keeps the id of the scan however often the report is sent', async () => {
    cloud.faults.uploadInventory = { answer: 'reset', times: 1 };
    await sink.send(report, { signal });
    await sink.send(report, { signal });
    const ids = cloud.inventories.map(({ scan_request }) => scan_request.ScanInfo?.ScanUUID);
    expect(new Set(ids)).toEqual(new Set([report.scanId]));
  });

  it('rejects for good what the cloud does not take, and says why', async () => {
    cloud.faults.uploadInventory = { answer: 422 };
    cloud.faults.apiInventory = { answer: 422 };
    const failure: unknown = await sink.send(report, { signal }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SinkRejection);
    expect(failure).toMatchObject({ cause: { code: 'PAYLOAD_REJECTED' } });
  });

  it('leaves to be sent again what somebody or something may mend', async () => {
    cloud.scopes.clear();
    await expect(sink.send(report, { signal })).rejects.toMatchObject({ name: 'FalconError', code: 'FORBIDDEN' });
    cloud.faults.uploadInventory = { answer: 503 };
    cloud.faults.apiInventory = { answer: 503 };
    const failure: unknown = await sink.send(report, { signal }).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(SinkRejection);
    expect(failure).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  });

  it('ends with the reason of its signal', async () => {
    cloud.faults.uploadInventory = { answer: 'hang' };
    cloud.faults.apiInventory = { answer: 'hang' };
    const controller = new AbortController();
    const sent = sink.send(report, { signal: controller.signal });
    controller.abort('SIGTERM');
    await expect(sent).rejects.toBe('SIGTERM');
  });

  it('logs which host took an inventory, and why the other did not', async () => {
    await sink.send(report, { signal });
    cloud.faults.uploadInventory = { answer: 503 };
    await sink.send(report, { signal });
    expect(logger.lines.map(({ level, message, fields }) => [level, message, fields])).toMatchObject([
      ['info', 'inventory uploaded', { digest: report.identity, host: 'upload', encoding: 'identity' }],
      [
        ...['info', 'inventory uploaded'],
        { host: 'api', traceId: expect.any(String), failover: { host: 'upload', code: 'UNAVAILABLE' } },
      ],
    ]);
    expect(logger.lines[1]?.fields.url).toContain(cloud.apiUrl);
  });

  it('warns of what it left out of an inventory that is too large', async () => {
    const whiteouts = Array.from({ length: 2000 }, (_, index) => ({ path: `etc/${index}`, layer: 0, opaque: false }));
    const large = { ...report, inventory: { ...inventory, whiteouts } };
    const { apiUrl, uploadUrl, clientId, clientSecret } = cloud;
    const tokenSource = createTokenSource({ apiUrl, clientId, clientSecret });
    const narrow = createFalconSink({ tokenSource, uploadUrl, inventory: { maxBody: 10_000 } }, agent, logger);
    await narrow.send(large, { signal });
    await narrow.close();
    expect(logger.messages('warn')).toEqual(['the inventory was too large; optional parts of it were left out']);
    expect(logger.lines[1]?.fields).toMatchObject({ shed: [{ part: 'whiteout_files', entries: 2000 }] });
  });

  it('says early which scope is missing, and does not insist on one that an upload does not need', async () => {
    cloud.scopes.delete('falcon-container-cli:read');
    await sink.connect?.({ signal });
    expect(logger.lines).toMatchObject([
      { level: 'warn', fields: { err: { hint: expect.stringContaining('falcon-container-cli:read') } } },
    ]);
    await sink.send(report, { signal });
    expect(cloud.inventories).toHaveLength(1);
  });

  it('asks whether the credentials are good, without an upload', async () => {
    await sink.connect?.({ signal });
    expect(cloud.inventories).toEqual([]);
    const tokenSource = createTokenSource({ apiUrl: cloud.apiUrl, clientId: cloud.clientId, clientSecret: 'wrong' });
    const other = createFalconSink({ tokenSource, uploadUrl: cloud.uploadUrl }, agent, logger);
    await expect(other.connect?.({ signal })).rejects.toMatchObject({ code: 'CREDENTIALS_REJECTED' });
    await other.close();
  });
});
