import type { Health } from '../observe/health.ts';
import type { Logger } from '../observe/logger.ts';
import type { AgentMetrics } from '../observe/metrics.ts';
import type { Outbox, PendingDelivery } from '../store/outbox.ts';
import { type Sink, SinkRejection } from './sink.ts';

/** What a delivery works with. */
export interface DeliveryOptions {
  readonly sink: Sink;
  readonly outbox: Outbox;
  readonly health: Health;
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
  /** ms since the epoch. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Brings what waits in the outbox to one sink, one report after the other. */
export interface Delivery {
  /** There may be something new. */
  wake(): void;
  /** Resolves when nothing is due any more, or the sink fails. Nothing is delivered afterwards. */
  drain(): Promise<void>;
  /** Ends at once, also what is under way; that is delivered again at the next start. */
  abort(reason: unknown): void;
}

const shortestRest = 1000;
const longestRest = 60_000;
const longestPostponement = 15 * 60_000;

/** Starts to deliver. At least once: what the sink took in the moment of a crash is sent again. */
export function startDelivery(options: DeliveryOptions): Delivery {
  const { sink, outbox, logger, metrics, now, random } = options;
  const component = options.health.component(`sink ${sink.name}`, { up: true });
  const stop = new AbortController();
  let isDraining = false;
  let failures = 0;
  let lastError: string | undefined;
  let bell = Promise.withResolvers<void>();

  const rest = async (ms: number): Promise<void> => {
    if (isDraining || stop.signal.aborted) return;
    const timer = setTimeout(() => bell.resolve(), ms);
    await bell.promise;
    clearTimeout(timer);
    bell = Promise.withResolvers<void>();
  };

  /** Rests although there may be something new. */
  const restFully = async (ms: number): Promise<void> => {
    const until = now() + ms;
    for (let left = ms; left > 0 && !isDraining && !stop.signal.aborted; left = until - now()) await rest(left);
  };

  const deliver = async (next: PendingDelivery): Promise<void> => {
    const { signal } = stop;
    const report = next.report();
    const { inventory } = report;
    if (next.kind === 'extension') await sink.extend?.(next.identity, report, { signal });
    else if (inventory !== undefined) await sink.send({ ...report, inventory }, { signal });
    else throw new SinkRejection(`the report of ${next.identity} is no longer in the store`);
    outbox.delivered(next);
  };

  const onDelivered = ({ kind, identity, attempts }: PendingDelivery): void => {
    failures = 0;
    component.up();
    metrics.deliveries.inc({ sink: sink.name, outcome: 'delivered' });
    if (lastError !== undefined) logger.info('the sink takes reports again', { sink: sink.name });
    lastError = undefined;
    if (kind === 'report')
      logger.info('report delivered', { sink: sink.name, digest: identity, attempts: attempts + 1 });
  };

  const onFailure = async (next: PendingDelivery, error: unknown): Promise<void> => {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof SinkRejection) {
      outbox.rejected(next, message);
      metrics.deliveries.inc({ sink: sink.name, outcome: 'rejected' });
      logger.error('the sink refused a report for good', { sink: sink.name, digest: next.identity, err: error });
      return;
    }
    failures += 1;
    const retryAfter = (error as { retryAfter?: number } | null)?.retryAfter ?? 0;
    const delay = backoff(next.attempts + 1, longestPostponement, random);
    outbox.postponed(next, message, now() + Math.max(delay, retryAfter));
    metrics.deliveries.inc({ sink: sink.name, outcome: 'retried' });
    component.down(message);
    // The same again is no news.
    const fields = {
      sink: sink.name,
      digest: next.identity,
      attempts: next.attempts + 1,
      retryInMs: delay,
      err: error,
    };
    if (message === lastError) logger.debug('a report still cannot be delivered', fields);
    else logger.error('a report could not be delivered; it is kept and sent again', fields);
    lastError = message;
    if (isDraining) stop.abort(new Error('the sink fails'));
    await restFully(Math.max(backoff(failures, longestRest, random), Math.min(retryAfter, longestRest)));
  };

  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const next = outbox.next(sink.name);
      if (next === undefined) {
        if (isDraining) return;
        await rest(Math.min(Math.max(0, (outbox.nextDue(sink.name) ?? Number.POSITIVE_INFINITY) - now()), longestRest));
        continue;
      }
      try {
        await deliver(next);
        onDelivered(next);
      } catch (error) {
        if (stop.signal.aborted) return;
        await onFailure(next, error);
      }
    }
  };

  const running = run().catch((err: unknown) => {
    logger.error('reports are no longer delivered; restart the agent', { sink: sink.name, err });
    component.dead(err instanceof Error ? err.message : String(err));
  });
  return {
    wake: () => bell.resolve(),
    async drain() {
      isDraining = true;
      bell.resolve();
      await running;
    },
    abort(reason) {
      stop.abort(reason);
      bell.resolve();
    },
  };
}

function backoff(attempts: number, longest: number, random: () => number): number {
  return Math.round(Math.min(shortestRest * 2 ** Math.min(attempts - 1, 20), longest) * (0.75 + random() * 0.5));
}
