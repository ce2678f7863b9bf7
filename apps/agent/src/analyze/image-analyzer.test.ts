import { RegistryError } from '@falcon-iar/oci-registry';
import { createByteBudget, defaultCatalogers } from '@falcon-iar/sbom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layerWith, type MemoryImage, memoryImage } from '../inventory/scannable-image.test-support.ts';
import { createSharedLayers } from '../inventory/shared-layers.ts';
import { type MemoryLogger, memoryLogger } from '../observe/memory-logger.test-support.ts';
import { testMetrics } from '../observe/metrics.test-support.ts';
import type { AgentMetrics } from '../observe/metrics.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { StoreError } from '../store/store-error.ts';
import { sightingOf } from '../workload/image-sighting.test-support.ts';
import { createImageAnalyzer, type ImageAnalyzer, type ImageAnalyzerOptions } from './image-analyzer.ts';

const { signal } = new AbortController();
let store: Store;
let time: number;
let logger: MemoryLogger;
let metrics: AgentMetrics;
let reports: number;
let analyzer: ImageAnalyzer;
let image: MemoryImage;

beforeEach(async () => {
  time = 1_750_000_000_000;
  store = openStore({ recipe: 'a', layerCacheBytes: 1024 ** 2, now: () => time });
  logger = memoryLogger();
  metrics = testMetrics();
  reports = 0;
  analyzer = analyzerOf();
  image = await memoryImage({ layers: [layerWith('etc/a'), layerWith('etc/b')] });
});
afterEach(() => store.close());

function analyzerOf(options: Partial<ImageAnalyzerOptions> = {}): ImageAnalyzer {
  return createImageAnalyzer({
    ledger: store.ledger,
    sinks: ['falcon', 'file:reports'],
    extendable: ['file:reports'],
    inventory: {
      catalogers: defaultCatalogers,
      budget: createByteBudget(1024 ** 2),
      layers: createSharedLayers(store.layers),
      layersAtOnce: 2,
    },
    onReport: () => {
      reports += 1;
    },
    ...{ metrics, logger, now: () => time, random: () => 0.5 },
    ...options,
  });
}

/** Answers for all that waits, as a delivery would. */
function deliverAll(): { sink: string; kind: string; pods: (string | undefined)[] }[] {
  const delivered: { sink: string; kind: string; pods: (string | undefined)[] }[] = [];
  for (const sink of ['falcon', 'file:reports']) {
    for (let next = store.outbox.next(sink); next !== undefined; next = store.outbox.next(sink)) {
      delivered.push({ sink, kind: next.kind, pods: next.report().contexts.map(({ podName }) => podName) });
      store.outbox.delivered(next);
    }
  }
  return delivered;
}

describe('createImageAnalyzer', () => {
  it('puts a report into the outbox of every sink, and wakes them', async () => {
    const sighting = sightingOf({ image });
    expect(analyzer.consider(sighting)).toBe(0);
    expect(await analyzer.analyze(sighting, signal)).toBe(image.digest);
    expect(reports).toBe(1);
    const report = store.outbox.next('falcon')!.report();
    expect(report).toMatchObject({
      identity: image.digest,
      reference: 'registry.example.com/app:1',
      collectedAt: new Date(time).toISOString(),
      contexts: [{ namespace: 'shop', podName: 'pod-0' }],
      inventory: { complete: true, subject: { digest: image.digest } },
    });
    expect(report.scanId).toMatch(/^[0-9a-f-]{36}$/);
    expect(store.outbox.pending('file:reports')).toBe(1);
    expect(logger.lines).toMatchObject([
      { level: 'info', fields: { digest: image.digest, layersRead: 2, podName: 'pod-0' } },
    ]);
  });

  it('does not ask again for an image that was reported, also after a restart, and notes where else it runs', async () => {
    await analyzer.analyze(sightingOf({ image }), signal);
    deliverAll();
    const restarted = analyzerOf();
    expect(restarted.consider(sightingOf({ pod: 'pod-1' }))).toBeUndefined();
    expect(reports).toBe(2);
    expect(deliverAll()).toEqual([{ sink: 'file:reports', kind: 'extension', pods: ['pod-0', 'pod-1'] }]);
    expect(restarted.consider(sightingOf({ pod: 'pod-1' }))).toBeUndefined();
    expect(reports).toBe(2);
  });

  it('reports an image once that runs under two digests at the same time', async () => {
    const byIndex = sightingOf({ key: 'manifest sha256:index linux/amd64', pod: 'a', image });
    const byManifest = sightingOf({ key: 'manifest sha256:child linux/amd64', pod: 'b', image });
    const identities = await Promise.all([analyzer.analyze(byIndex, signal), analyzer.analyze(byManifest, signal)]);
    expect(identities).toEqual([image.digest, image.digest]);
    for (const sighting of [byIndex, byManifest]) analyzer.settle(image.digest, [sighting]);
    expect(logger.messages('info')).toEqual(['image analysed']);
    expect(deliverAll()).toEqual([
      { sink: 'falcon', kind: 'report', pods: ['a', 'b'] },
      { sink: 'file:reports', kind: 'report', pods: ['a', 'b'] },
    ]);
    expect([byIndex, byManifest].map(analyzer.consider)).toEqual([undefined, undefined]);
  });

  it('lets the second of two take over where the first fails', async () => {
    const gate = Promise.withResolvers<void>();
    const broken = await memoryImage({ layers: [layerWith('etc/a'), layerWith('etc/b')] }, () => gate.promise);
    const first = analyzer.analyze(sightingOf({ key: 'one', pod: 'a', image: broken }), signal);
    const second = analyzer.analyze(sightingOf({ key: 'two', pod: 'b', image }), signal);
    gate.reject(new RegistryError('DENIED', 'no'));
    await expect(first).rejects.toThrow('DENIED');
    expect(await second).toBe(image.digest);
    expect(deliverAll().map(({ pods }) => pods)).toEqual([['b'], ['b']]);
  });

  it('asks every time for an image of which only the name is known, and reports it once', async () => {
    const named = sightingOf({ key: 'name app:1', isPinned: false, image });
    await analyzer.analyze(named, signal);
    expect(analyzer.consider(named)).toBe(0);
    expect(await analyzer.analyze(named, signal)).toBe(image.digest);
    expect(logger.messages('info')).toEqual(['image analysed']);
  });

  it('analyses anew for a sink that came later, without a read, and tells the others where else it runs', async () => {
    await analyzerOf({ sinks: ['file:reports'] }).analyze(sightingOf({ image }), signal);
    deliverAll();
    image.opened.length = 0;
    const later = sightingOf({ pod: 'later', image });
    expect(analyzer.consider(later)).toBe(0);
    await analyzer.analyze(later, signal);
    analyzer.settle(image.digest, [later]);
    expect(image.opened).toEqual([]);
    expect(deliverAll()).toEqual([
      { sink: 'falcon', kind: 'report', pods: ['pod-0', 'later'] },
      { sink: 'file:reports', kind: 'extension', pods: ['pod-0', 'later'] },
    ]);
  });

  it('marks and counts what could not be read in an image', async () => {
    const bad = await memoryImage({ layers: [layerWith('usr/lib/node_modules/x/package.json', '{"name":')] });
    await analyzer.analyze(sightingOf({ image: bad }), signal);
    expect(logger.messages('warn').length).toBeGreaterThan(0);
    const text = await metrics.render();
    expect(text).toContain('iar_images_analyzed_total{outcome="partial"} 1');
    expect(text).toMatch(/iar_problems_total\{cataloger="npm"\} 1/);
    expect(text).toContain('iar_layers_total{from="registry"} 1');
  });

  it('does not make a report of what was aborted', async () => {
    const controller = new AbortController();
    const slow = await memoryImage({}, () => controller.abort('SIGTERM'));
    await expect(analyzer.analyze(sightingOf({ image: slow }), controller.signal)).rejects.toBe('SIGTERM');
    expect(store.outbox.pending('falcon')).toBe(0);
    expect(await analyzer.analyze(sightingOf({ image }), signal)).toBe(image.digest);
  });
});

describe('an image that fails', () => {
  const denied = new RegistryError('DENIED', 'GET registry.example.com/app: denied', { hint: 'give it a pull secret' });
  const busy = new RegistryError('TOOMANYREQUESTS', 'GET registry.example.com/app: wait', {
    ...{ retryable: true, retryAfter: 30_000 },
  });

  it('rests, the longer the oftener it fails, and is told once', () => {
    const sighting = sightingOf();
    expect(analyzer.onFailure(sighting, denied)).toBe(60_000);
    expect(analyzer.consider(sighting)).toBe(60_000);
    time += 45_000;
    expect(analyzer.consider(sighting)).toBe(15_000);
    time += 45_000;
    expect(analyzer.consider(sighting)).toBe(0);
    expect(analyzer.onFailure(sighting, denied)).toBe(120_000);
    expect(logger.messages('error')).toEqual(['an image could not be analysed']);
    expect(logger.lines[0]?.fields).toMatchObject({
      ...{ image: 'registry.example.com/app:1', code: 'DENIED', hint: 'give it a pull secret', podName: 'pod-0' },
      ...{ attempts: 1, retryInMs: 60_000, err: denied },
    });
    expect(logger.messages('debug')).toHaveLength(1);
  });

  it('comes back soon where waiting may help, but not before the registry wants', () => {
    expect(analyzer.onFailure(sightingOf(), busy)).toBe(30_000);
    expect(analyzer.onFailure(sightingOf({ key: 'other' }), new StoreError('DISK_FULL', 'no room'))).toBe(5_000);
    expect(analyzer.onFailure(sightingOf({ key: 'third' }), new Error('a defect'))).toBe(3_600_000);
  });

  it('is remembered over a restart and told anew only when it fails in another way', () => {
    analyzer.onFailure(sightingOf(), denied);
    logger = memoryLogger();
    const restarted = analyzerOf();
    expect(restarted.consider(sightingOf({ pod: 'pod-1' }))).toBe(60_000);
    restarted.onFailure(sightingOf(), denied);
    expect(logger.messages('error')).toEqual([]);
    restarted.onFailure(sightingOf(), busy);
    expect(logger.messages('warn')).toHaveLength(1);
  });

  it('is forgotten as a failure when it succeeds', async () => {
    const sighting = sightingOf({ image });
    analyzer.onFailure(sighting, denied);
    await analyzer.analyze(sighting, signal);
    expect(store.ledger.failure(sighting.key)).toBeUndefined();
  });

  it('does not rest for ever because a clock was wrong', () => {
    time += 10 * 365 * 24 * 3_600_000;
    analyzer.onFailure(sightingOf(), denied);
    time -= 10 * 365 * 24 * 3_600_000;
    expect(analyzer.consider(sightingOf())).toBeLessThan(2 ** 31);
  });

  it('is counted by code', async () => {
    analyzer.onFailure(sightingOf(), denied);
    const text = await metrics.render();
    expect(text).toContain('iar_analysis_failures_total{code="DENIED"} 1');
    expect(text).toContain('iar_images_analyzed_total{outcome="failed"} 1');
  });

  it('is told when it is not tried again for now', () => {
    analyzer.onForgotten(sightingOf({ pod: 'pod-7' }));
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { podName: 'pod-7' } }]);
  });
});

describe('a store that fails', () => {
  const failing = (code: 'DISK_FULL' | 'CORRUPT', ...methods: (keyof Store['ledger'])[]): Store['ledger'] => {
    const fail = () => {
      throw new StoreError(code, 'iar.db');
    };
    return { ...store.ledger, ...Object.fromEntries(methods.map((method) => [method, fail])) };
  };

  it('for a while makes the image come again', async () => {
    await analyzer.analyze(sightingOf({ image }), signal);
    const full = analyzerOf({ ledger: failing('DISK_FULL', 'addContext') });
    expect(full.consider(sightingOf({ pod: 'pod-1' }))).toBe(5_000);
    expect(logger.messages('warn')).toEqual(['an image could not be analysed']);
  });

  it('for good ends the agent, whose next start repairs it', () => {
    const corrupt = analyzerOf({ ledger: failing('CORRUPT', 'identityOf') });
    expect(() => corrupt.consider(sightingOf())).toThrow('CORRUPT');
  });

  it('does not make a failure throw; the image then rests as after many', () => {
    const full = analyzerOf({ ledger: failing('DISK_FULL', 'setFailure') });
    expect(full.onFailure(sightingOf(), new StoreError('DISK_FULL', 'iar.db'))).toBe(600_000);
    expect(logger.messages('error')).toContain('the failure of an image could not be noted');
  });
});
