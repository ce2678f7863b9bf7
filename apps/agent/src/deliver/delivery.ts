import { describeFailure } from '../analyze/describe-failure.ts';
import type { Health, HealthComponent } from '../observe/health.ts';
import type { Logger } from '../observe/logger.ts';
import type { AgentMetrics } from '../observe/metrics.ts';
import type { Outbox, PendingDelivery } from '../store/outbox.ts';
import { StoreError } from '../store/store-error.ts';
import { type Sink, SinkRejection } from './sink.ts';
import { createSleeper } from './sleeper.ts';

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
  /** Ends what is under way, which is delivered again at the next start. */
  abort(reason: unknown): void;
}

const shortestRest = 1000;
const longestRest = 60_000;
const longestPostponement = 15 * 60_000;

/** Starts to deliver. At least once: what the sink took in the moment of a crash is sent again. */
export function startDelivery(options: DeliveryOptions): Delivery {
  const delivery = new DeliveryLoop(options);
  const running = delivery.run();
  return {
    wake: () => delivery.wake(),
    async drain() {
      delivery.finish();
      await running;
    },
    abort: (reason) => delivery.abort(reason),
  };
}

class DeliveryLoop {
  readonly #options: DeliveryOptions;
  readonly #component: HealthComponent;
  readonly #sleeper = createSleeper();
  readonly #stop = new AbortController();
  #isFinishing = false;
  /** Failures in a row. */
  #failures = 0;
  /** What is wrong now. */
  #trouble: string | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#component = options.health.component(`sink ${options.sink.name}`, { up: true });
  }

  wake(): void {
    this.#sleeper.wake();
  }

  finish(): void {
    this.#isFinishing = true;
    this.#sleeper.end();
  }

  abort(reason: unknown): void {
    this.#stop.abort(reason);
    this.finish();
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { sink, logger } = this.#options;
    try {
      await this.#deliverAll();
    } catch (err) {
      if (this.#isFinishing) {
        logger.warn('delivery ended early; what waits is kept', { sink: sink.name, err });
        return;
      }
      logger.error('reports are no longer delivered; restart the agent', { sink: sink.name, err });
      this.#component.dead(describeFailure(err).reason);
    }
  }

  /** So that wrong credentials are noticed before the first image is done. */
  async #connect(): Promise<void> {
    const { sink, random } = this.#options;
    for (let attempts = 1; sink.connect !== undefined && !this.#isFinishing; attempts += 1) {
      try {
        await sink.connect({ signal: this.#stop.signal });
        this.#onAnswer();
        return;
      } catch (err) {
        if (this.#stop.signal.aborted) return;
        const { reason } = describeFailure(err);
        this.#onTrouble('the sink does not let the agent in; reports are kept until it does', reason, { err });
        await this.#sleeper.sleep(backoff(attempts, longestRest, random));
      }
    }
  }

  async #deliverAll(): Promise<void> {
    const { sink, outbox, now } = this.#options;
    await this.#connect();
    while (!this.#stop.signal.aborted) {
      const next = await this.#withOutbox(() => outbox.next(sink.name));
      if (next !== undefined) {
        await this.#deliver(next);
        continue;
      }
      if (this.#isFinishing) return;
      const due = await this.#withOutbox(() => outbox.nextDue(sink.name));
      // Looked at now and then whatever the clock said when it was made due.
      await this.#sleeper.doze(Math.min(Math.max(0, (due ?? Number.POSITIVE_INFINITY) - now()), longestRest));
    }
  }

  async #deliver(next: PendingDelivery): Promise<void> {
    try {
      await this.#send(next);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      await (error instanceof SinkRejection ? this.#onRejected(next, error) : this.#onFailure(next, error));
      return;
    }
    await this.#onDelivered(next);
  }

  async #send(next: PendingDelivery): Promise<void> {
    const { sink } = this.#options;
    const { signal } = this.#stop;
    const report = next.report();
    const { inventory } = report;
    if (next.kind === 'extension') await sink.extend?.(next.identity, report, { signal });
    else if (inventory !== undefined) await sink.send({ ...report, inventory }, { signal });
    else throw new SinkRejection(`the report of ${next.identity} is no longer in the store`);
  }

  async #onDelivered(next: PendingDelivery): Promise<void> {
    const { sink, outbox, metrics, logger } = this.#options;
    await this.#withOutbox(() => outbox.delivered(next));
    this.#onAnswer();
    metrics.deliveries.inc({ sink: sink.name, outcome: 'delivered' });
    const { kind, identity, attempts } = next;
    if (kind === 'extension') return;
    logger.info('report delivered', { sink: sink.name, digest: identity, attempts: attempts + 1 });
  }

  async #onRejected(next: PendingDelivery, err: SinkRejection): Promise<void> {
    const { sink, outbox, metrics, logger } = this.#options;
    await this.#withOutbox(() => outbox.rejected(next, err.message));
    this.#onAnswer();
    metrics.deliveries.inc({ sink: sink.name, outcome: 'rejected' });
    logger.error('the sink refused a report for good', { sink: sink.name, digest: next.identity, err });
  }

  async #onFailure(next: PendingDelivery, err: unknown): Promise<void> {
    const { sink, outbox, metrics, now, random } = this.#options;
    const { reason, retryAfter = 0 } = describeFailure(err);
    const attempts = next.attempts + 1;
    const asked = Math.min(retryAfter, longestPostponement);
    const retryInMs = Math.max(backoff(attempts, longestPostponement, random), asked);
    this.#failures += 1;
    metrics.deliveries.inc({ sink: sink.name, outcome: 'retried' });
    this.#onTrouble('a report could not be delivered; it is kept and sent again', reason, {
      ...{ digest: next.identity, attempts, retryInMs, err },
    });
    await this.#withOutbox(() => outbox.postponed(next, reason, now() + retryInMs));
    if (this.#isFinishing) this.#stop.abort(new Error('the sink fails'));
    await this.#sleeper.sleep(Math.max(backoff(this.#failures, longestRest, random), asked));
  }

  /** Asks or tells the outbox; where its disk fails for a while, again and again until it does not. */
  async #withOutbox<Result>(action: () => Result): Promise<Result> {
    for (let attempts = 1; ; attempts += 1) {
      try {
        const result = action();
        if (attempts > 1) this.#onAnswer();
        return result;
      } catch (err) {
        if (!(err instanceof StoreError && err.retryable) || this.#isFinishing) throw err;
        this.#onTrouble('the store fails; reports wait', err.message, { err });
        await this.#sleeper.sleep(backoff(attempts, longestRest, this.#options.random));
      }
    }
  }

  #onTrouble(text: string, reason: string, fields: object): void {
    const { sink, logger } = this.#options;
    this.#component.down(reason);
    // The same again is no news.
    if (reason === this.#trouble) logger.debug(text, { sink: sink.name, ...fields });
    else logger.error(text, { sink: sink.name, ...fields });
    this.#trouble = reason;
  }

  /** Whoever was asked answers, whatever it thinks of the report. */
  #onAnswer(): void {
    const { sink, logger } = this.#options;
    this.#failures = 0;
    this.#component.up();
    if (this.#trouble !== undefined) logger.info('reports are delivered again', { sink: sink.name });
    this.#trouble = undefined;
  }
}

function backoff(attempts: number, longest: number, random: () => number): number {
  return Math.round(Math.min(shortestRest * 2 ** Math.min(attempts - 1, 20), longest) * (0.75 + random() * 0.5));
}
