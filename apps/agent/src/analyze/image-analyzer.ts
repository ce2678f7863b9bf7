import { randomUUID } from 'node:crypto';
import type { Inventory } from '@falcon-iar/sbom';
import type { InventoryImageOptions } from '../inventory/inventory-image.ts';
import { inventoryImage } from '../inventory/inventory-image.ts';
import type { Logger } from '../observe/logger.ts';
import type { AgentMetrics } from '../observe/metrics.ts';
import type { ImageLedger } from '../store/image-ledger.ts';
import type { ImageSighting, OpenedImage } from '../workload/workloads.ts';
import { describeFailure } from './describe-failure.ts';
import { retryDelay } from './retry-delay.ts';

/** What an analysis is made with. */
export interface ImageAnalyzerOptions {
  readonly ledger: ImageLedger;
  /** Where reports go: names of sinks. */
  readonly sinks: readonly string[];
  /** Those of them that are told of further containers of an image that was reported. */
  readonly extendable: readonly string[];
  readonly inventory: Omit<InventoryImageOptions, 'onProgress' | 'onLayer' | 'signal'>;
  /** Told that there may be something to deliver. */
  readonly onReport: () => void;
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
  /** ms since the epoch. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Decides what is analysed and does it; the ledger remembers all of it. */
export interface ImageAnalyzer {
  /**
   * Whether a container's image has to be analysed: `undefined` where it was, and then only where it runs is noted; else
   * ms until it is due, more than 0 where it failed before.
   */
  consider(sighting: ImageSighting): number | undefined;
  /** Analyses an image and puts its report into the outbox. @returns its identity */
  analyze(sighting: ImageSighting, signal: AbortSignal): Promise<string>;
  /** Notes where else the image runs. */
  settle(identity: string, sightings: readonly ImageSighting[]): void;
  /** Remembers a failure and reports it once. @returns ms until the next attempt */
  onFailure(sighting: ImageSighting, error: unknown): number;
}

/** The analyzer of one agent. */
export function createImageAnalyzer(options: ImageAnalyzerOptions): ImageAnalyzer {
  const { ledger, sinks, extendable, logger, metrics, now, onReport } = options;
  /** Images whose digest and whose index's digest both run have two keys but one identity. */
  const inProgress = new Map<string, Promise<void>>();

  const addContext = (identity: string, { context }: ImageSighting): void => {
    if (ledger.addContext(identity, context, extendable)) onReport();
  };

  const onceEach = async (identity: string, report: () => Promise<void>): Promise<void> => {
    for (let other = inProgress.get(identity); other !== undefined; other = inProgress.get(identity)) {
      await other.catch(() => undefined);
    }
    if (ledger.isReported(identity, sinks)) return;
    const work = report().finally(() => inProgress.delete(identity));
    inProgress.set(identity, work);
    await work;
  };

  return {
    consider(sighting) {
      const identity = sighting.isPinned ? ledger.identityOf(sighting.key) : undefined;
      if (identity !== undefined && ledger.isReported(identity, sinks)) {
        addContext(identity, sighting);
        return undefined;
      }
      const failure = ledger.failure(sighting.key);
      return failure === undefined ? 0 : Math.max(0, failure.nextAttempt - now());
    },
    async analyze(sighting, signal) {
      const opened = await sighting.open({ signal });
      const identity = opened.image.digest;
      if (sighting.isPinned) ledger.setIdentity(sighting.key, identity);
      await onceEach(identity, () => report(options, sighting, opened, signal));
      ledger.clearFailure(sighting.key);
      return identity;
    },
    settle(identity, sightings) {
      for (const sighting of sightings) addContext(identity, sighting);
    },
    onFailure(sighting, error) {
      const failure = describeFailure(error);
      const before = ledger.failure(sighting.key);
      const attempts = (before?.attempts ?? 0) + 1;
      const delay = retryDelay(failure, attempts, options.random);
      const { code, reason, hint } = failure;
      ledger.setFailure(sighting.key, { code, reason, attempts, nextAttempt: now() + delay });
      metrics.analysisFailures.inc({ code });
      metrics.imagesAnalyzed.inc({ outcome: 'failed' });
      const fields = { image: sighting.reference, code, reason, hint, attempts, retryInMs: delay, ...sighting.context };
      // The same again is no news.
      if (before?.code === code) logger.debug('an image still cannot be analysed', { ...fields, err: error });
      else logger.error('an image could not be analysed', { ...fields, err: error });
      return delay;
    },
  };
}

async function report(
  { inventory: how, ledger, sinks, logger, metrics, now, onReport }: ImageAnalyzerOptions,
  sighting: ImageSighting,
  { image, from }: OpenedImage,
  signal: AbortSignal,
): Promise<void> {
  const started = now();
  const counts = { read: 0, cached: 0, bytes: 0 };
  const inventory = await inventoryImage(image, {
    ...how,
    onLayer: ({ wasRead, bytes }) => {
      counts[wasRead ? 'read' : 'cached'] += 1;
      if (wasRead) counts.bytes += bytes;
      metrics.layers.inc({ from: wasRead ? from : 'cache' });
      metrics.layerBytes.inc({ from: wasRead ? from : 'cache' }, bytes);
    },
    signal,
  });
  const { reference, context } = sighting;
  const collectedAt = new Date(now()).toISOString();
  const identity = image.digest;
  ledger.addReport({ identity, reference, collectedAt, scanId: randomUUID(), inventory, context }, sinks);
  onReport();
  const milliseconds = now() - started;
  metrics.imagesAnalyzed.inc({ outcome: inventory.complete ? 'complete' : 'partial' });
  metrics.analysisDuration.observe(milliseconds / 1000);
  for (const { cataloger } of inventory.problems) metrics.problems.inc({ cataloger });
  logger.info('image analysed', {
    ...{ image: reference, digest: identity, from, packages: inventory.packages.length, milliseconds },
    ...{ layersRead: counts.read, layersCached: counts.cached, bytesRead: counts.bytes, complete: inventory.complete },
    ...context,
  });
  reportProblems(inventory, reference, logger);
}

function reportProblems({ problems }: Inventory, image: string, logger: Logger): void {
  for (const { cataloger, path, reason } of problems.slice(0, 20)) {
    logger.warn('something in an image could not be read', { image, cataloger, path, reason });
  }
  if (problems.length > 20) logger.warn('more in an image could not be read', { image, problems: problems.length });
}
