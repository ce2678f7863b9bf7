import { createTokenSource } from '@falcon-iar/falcon-api';
import { createFalconCloud, type FalconCloudDouble } from '@falcon-iar/falcon-api/testing';
import { Agent, type Dispatcher } from 'undici';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type MemoryLogger, memoryLogger } from '../observe/memory-logger.test-support.ts';
import { inventoryOf } from '../store/store.test-support.ts';
import { createFalconSink } from './falcon-sink.ts';
import type { Report, Sink } from './sink.ts';

const { signal } = new AbortController();
const agent = {
  ...{ agentUuid: 'agent-1', agentVersion: '1.2.3', agentVersionHash: '', clusterId: '', clusterName: '' },
  ...{ helmVersion: '', hostIp: '', hostName: '', runmode: 'watcher', runtimeType: undefined, cid: undefined },
};
const uploads = 200;
/** Milliseconds between two pairs of images. */
const pause = 60_000;
let cloud: FalconCloudDouble;
let sink: Sink;
let logger: MemoryLogger;
/** Milliseconds since the epoch, and how many of them an answer of the upload host takes. */
let time: { now: number; uploadHostTakes: number };
let dispatcher: Dispatcher;

beforeEach(async () => {
  time = { now: 1_786_000_000_000, uploadHostTakes: 100 };
  const now = () => time.now;
  cloud = await createFalconCloud({ now });
  const { apiUrl, uploadUrl, clientId, clientSecret } = cloud;
  const sleep = async (ms: number): Promise<void> => {
    time.now += Math.ceil(ms);
  };
  // Time passes where it would pass, without waiting for it.
  dispatcher = new Agent().compose((dispatch) => (options, handler) => {
    time.now += options.origin === uploadUrl ? time.uploadHostTakes : 100;
    return dispatch(options, handler);
  });
  const tokenSource = createTokenSource({ apiUrl, clientId, clientSecret, now, dispatcher });
  logger = memoryLogger();
  sink = createFalconSink({ tokenSource, uploadUrl, dispatcher, now, sleep }, agent, logger);
});
afterEach(async () => {
  await sink.close();
  await dispatcher.close();
  await cloud.close();
});

function reportOf(index: number): Report {
  const inventory = inventoryOf(`app-${index}`);
  const identity = inventory.subject.digest;
  const scanId = `scan-${index}`;
  return {
    ...{ identity, scanId, inventory, reference: 'app:1', collectedAt: '2026-08-01T12:00:00Z' },
    ...{ contexts: [], contextsOmitted: 0 },
  };
}

/** What the upload host does to the upload of this number: it fails in two ways, is slow, then healthy again. */
function setWeather(index: number): void {
  time.uploadHostTakes = index >= 80 && index < 130 ? 40_000 : 100;
  if (index >= 80) delete cloud.faults.uploadInventory;
  // Truncated: the cloud takes the inventory, and the connection breaks before it can say so.
  else if (index >= 10) cloud.faults.uploadInventory = { answer: index % 2 === 0 ? 503 : 'truncated' };
}

it('two hundred uploads all arrive while the upload host fails, is slow and recovers, each stored once', async () => {
  for (let index = 0; index < uploads; index += 2) {
    setWeather(index);
    if (index === 10) cloud.faults.uploadInventory = { answer: 'truncated' };
    await Promise.all([index, index + 1].map((each) => sink.send(reportOf(each), { signal })));
    time.now += pause;
  }
  const stored = [...cloud.stored.list()];
  expect(new Set(stored.map(({ digest }) => digest)).size).toBe(uploads);
  expect(stored).toHaveLength(uploads);
  const repeats = stored.reduce((sum, each) => sum + each.repeats, 0);
  expect(repeats).toBeGreaterThan(0);
  expect(cloud.inventories).toHaveLength(uploads + repeats);
  for (const index of [0, 10, 11, 100, 199]) {
    const [found] = cloud.stored.ofImage(reportOf(index).identity);
    expect(found?.request().scan_request.ScanInfo?.ScanUUID).toBe(`scan-${index}`);
  }

  const told = logger.lines.filter(({ message }) => message === 'inventory uploaded').map(({ fields }) => fields);
  expect(told).toHaveLength(uploads);
  const hostOf = new Map(stored.map(({ digest, host }) => [digest, host]));
  for (const { digest, host } of told) {
    expect([digest, host]).toEqual([digest, hostOf.get(digest)]);
  }
  const hosts = told.map(({ host }) => host as string);
  expect(new Set(hosts.slice(0, 10))).toEqual(new Set(['upload']));
  expect(new Set(hosts.slice(12, 80))).toEqual(new Set(['api']));
  // One trial at a time while it is slow; from some time after it recovered, everything.
  expect(hosts.slice(80, 130).filter((host) => host === 'upload').length).toBeLessThan(5);
  expect(new Set(hosts.slice(-30))).toEqual(new Set(['upload']));
}, 30_000);
