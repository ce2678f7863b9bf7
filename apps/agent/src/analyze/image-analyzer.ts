import { randomUUID } from 'node:crypto';
import type { Inventory } from '@falcon-iar/sbom';
import type { InventoryImageOptions } from '../inventory/inventory-image.ts';
import { inventoryImage } from '../inventory/inventory-image.ts';
import type { Logger } from '../observe/logger.ts';
import type { AgentMetrics } from '../observe/metrics.ts';
import type { ImageLedger } from '../store/image-ledger.ts';
import { StoreError } from '../store/store-error.ts';
import type { ImageSighting, OpenedImage } from '../workload/workloads.ts';
import { describeFailure, type Failure } from './describe-failure.ts';
import { longestRest, retryDelay } from './retry-delay.ts';

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
   * ms until it is due, more than 0 where it failed before. A store that fails for a while counts as a failure of the
   * image.
   *
   * @throws StoreError that only a restart repairs
   */
  consider(sighting: ImageSighting): number | undefined;
  /** Analyses an image and puts its report into the outbox. @returns its identity */
  analyze(sighting: ImageSighting, signal: AbortSignal): Promise<string>;
  /** Notes where else the image runs. */
  settle(identity: string, sightings: readonly ImageSighting[]): void;
  /** Remembers a failure and reports it once. Never throws. @returns ms until the next attempt */
  onFailure(sighting: ImageSighting, error: unknown): number;
  /** Notes that an image that failed is not tried again for now. */
  onForgotten(sighting: ImageSighting): void;
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

  const noteFailure = createFailureNotes(options);
  const onFailure = (sighting: ImageSighting, error: unknown): number => {
    const failure = describeFailure(error);
    const { code, reason, hint } = failure;
    const { isNew, attempts, delay } = noteFailure(sighting.key, failure);
    metrics.analysisFailures.inc({ code });
    metrics.imagesAnalyzed.inc({ outcome: 'failed' });
    const fields = { image: sighting.reference, code, reason, hint, attempts, retryInMs: delay, ...sighting.context };
    // The same again is no news; what passes by itself is nothing for somebody to look after.
    const log = failure.retryable ? logger.warn : logger.error;
    if (isNew) log('an image could not be analysed', { ...fields, err: error });
    else logger.debug('an image still cannot be analysed', { ...fields, err: error });
    return delay;
  };

  return {
    consider(sighting) {
      try {
        const identity = sighting.isPinned ? ledger.identityOf(sighting.key) : undefined;
        if (identity !== undefined && ledger.isReported(identity, sinks)) {
          addContext(identity, sighting);
          return undefined;
        }
        const failure = ledger.failure(sighting.key);
        // A clock that was set back must not make an image rest for years.
        return failure === undefined ? 0 : Math.min(Math.max(0, failure.nextAttempt - now()), longestRest);
      } catch (error) {
        if (!(error instanceof StoreError && error.retryable)) throw error;
        return onFailure(sighting, error);
      }
    },
    async analyze(sighting, signal) {
      const started = now();
      const opened = await sighting.open({ signal });
      const identity = opened.image.digest;
      if (sighting.isPinned) ledger.setIdentity(sighting.key, identity);
      await onceEach(identity, () => report(options, { sighting, opened, started }, signal));
      ledger.clearFailure(sighting.key);
      return identity;
    },
    settle(identity, sightings) {
      for (const sighting of sightings) addContext(identity, sighting);
    },
    onFailure,
    onForgotten({ reference, context }) {
      logger.warn('too many images fail: one is not tried again before it is seen again', {
        ...{ image: reference, ...context },
      });
    },
  };
}

/** Attempts that count where they cannot be counted: the image is left alone for as long as is usual after so many. */
const uncountedAttempts = 8;

interface NotedFailure {
  /** Whether the last attempt did not fail with the same. */
  readonly isNew: boolean;
  readonly attempts: number;
  /** ms until the next attempt. */
  readonly delay: number;
}

/** Counts the failures of an image in the ledger. Never throws. */
function createFailureNotes({ ledger, logger, now, random }: ImageAnalyzerOptions) {
  return (key: string, failure: Failure): NotedFailure => {
    const { code, reason } = failure;
    try {
      const before = ledger.failure(key);
      const attempts = (before?.attempts ?? 0) + 1;
      const delay = retryDelay(failure, attempts, random);
      ledger.setFailure(key, { code, reason, attempts, nextAttempt: now() + delay });
      return { isNew: before?.code !== code, attempts, delay };
    } catch (err) {
      logger.error('the failure of an image could not be noted', { err });
      return { isNew: true, attempts: 1, delay: retryDelay(failure, uncountedAttempts, random) };
    }
  };
}

interface OpenedSighting {
  readonly sighting: ImageSighting;
  readonly opened: OpenedImage;
  /** ms since the epoch. */
  readonly started: number;
}

async function report(
  options: ImageAnalyzerOptions,
  { sighting, opened: { image, from }, started }: OpenedSighting,
  signal: AbortSignal,
): Promise<void> {
  const { inventory: how, ledger, sinks, extendable, logger, metrics, now, onReport } = options;
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
  ledger.addReport({ identity, reference, collectedAt, scanId: randomUUID(), inventory, context }, sinks, extendable);
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
