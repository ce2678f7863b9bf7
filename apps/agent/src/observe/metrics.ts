import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { boundedLabel } from './bounded-label.ts';
import type { Exposition } from './exposition.ts';

/** A number that only grows. */
export interface Count {
  inc(by?: number): void;
}

/** A number that only grows, for each combination of labels. */
export interface LabelledCount<Labels extends object> {
  inc(labels: Labels, by?: number): void;
}

/** A number that goes up and down. */
export interface Level {
  set(value: number): void;
  inc(): void;
  dec(): void;
}

/** What waits for one sink. */
export interface OutboxState {
  /** As configured, such as `falcon` or `file:DIR`; only what stands before the colon becomes a label. */
  readonly sink: string;
  /** Deliveries not made yet. */
  readonly length: number;
  /** Seconds since the oldest of them was added; 0 when there is none. */
  readonly oldestSeconds: number;
}

/** Everything the agent measures. Labels have few values, whatever images and servers do. */
export interface AgentMetrics extends Exposition {
  /** `iar_containers_seen_total` */
  readonly containersSeen: Count;
  /** `iar_images_analyzed_total` */
  readonly imagesAnalyzed: LabelledCount<{ outcome: 'complete' | 'partial' | 'failed' }>;
  /** `iar_analysis_failures_total`, by the code of the error. */
  readonly analysisFailures: LabelledCount<{ code: string }>;
  /** `iar_analysis_duration_seconds`: of one image, from the first request to the finished inventory. */
  readonly analysisDuration: { observe(seconds: number): void };
  /** `iar_analyses_running` */
  readonly analysesRunning: Level;
  /** `iar_queue_length`: images that wait for their analysis. */
  readonly queueLength: Level;
  /** `iar_layers_total` */
  readonly layers: LabelledCount<{ from: LayerOrigin }>;
  /** `iar_layer_bytes_total`: compressed size, as the source has it. */
  readonly layerBytes: LabelledCount<{ from: LayerOrigin }>;
  /** `iar_problems_total`: what could not be read inside images. */
  readonly problems: LabelledCount<{ cataloger: string }>;
  /** `iar_deliveries_total`; the sink as in {@link OutboxState}. */
  readonly deliveries: LabelledCount<{ sink: string; outcome: 'delivered' | 'retried' | 'rejected' }>;
  /** `iar_watch_interruptions_total` */
  readonly watchInterruptions: Count;
  /** `iar_watch_synced`: 1 when everything that runs is known, else 0. */
  readonly watchSynced: Level;
  /** `iar_watch_last_event_timestamp_seconds`: seconds since epoch. */
  readonly watchLastEvent: Level;
  /** `iar_layer_cache_bytes` */
  readonly layerCacheBytes: Level;
  /** `iar_layer_cache_entries` */
  readonly layerCacheEntries: Level;
  /** `iar_log_lines_lost_total` */
  readonly logLinesLost: Count;
  /** `iar_outbox_length` and `iar_outbox_oldest_seconds`: the state of every sink at once; several of a kind become one. */
  setOutbox(states: readonly OutboxState[]): void;
  /** Has values set just before they are read, for those that change by themselves. */
  onScrape(update: () => void): void;
}

/** Where the bytes of a layer, or what was known of it, came from. */
export type LayerOrigin = 'cache' | 'registry' | 'runtime';

/** Options of {@link createMetrics}. */
export interface MetricsOptions {
  /** Of the agent. */
  readonly version: string;
  /**
   * Whether to measure the process and Node.js too. That starts observers which run as long as the process, so a process
   * should do it once.
   */
  readonly runtime: boolean;
  /** Told why an update of {@link AgentMetrics.onScrape} failed. */
  readonly onError: (error: unknown) => void;
}

/** Seconds: from a small image out of the cache to a large one over a slow line. */
const durationBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
/** ms between two looks at the delay of the event loop; each is a wake-up of an idle process. */
const eventLoopPrecision = 100;
const mostCodes = 60;
const mostCatalogers = 60;
const mostSinks = 8;

/** The agent's metrics, in a registry of their own. */
export function createMetrics({ version, runtime, onError }: MetricsOptions): AgentMetrics {
  const registry = new Registry();
  if (runtime) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopPrecision });
  const make = makers(registry);
  make.gauge('iar_build_info', 'Always 1; the version of the agent as a label.', ['version']).set({ version }, 1);
  const outbox = makeOutbox(make);
  const scraping = makeScraping(registry, make, onError);
  return { ...makeImageMetrics(make), ...makeAgentMetrics(make), ...outbox, ...scraping };
}

type Makers = ReturnType<typeof makers>;

function makers(registry: Registry) {
  const registers = [registry];
  return {
    counter: <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Counter<Label> =>
      new Counter({ name, help, labelNames, registers }),
    gauge: <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Gauge<Label> =>
      new Gauge({ name, help, labelNames, registers }),
    histogram: (name: string, help: string): Histogram =>
      new Histogram({ name, help, buckets: durationBuckets, registers }),
  };
}

function makeImageMetrics({ counter, gauge, histogram }: Makers) {
  const imagesAnalyzed = counter('iar_images_analyzed_total', 'Images whose analysis ended, by outcome.', ['outcome']);
  const layers = counter('iar_layers_total', 'Layers that were needed, by where they came from.', ['from']);
  const layerBytes = counter('iar_layer_bytes_total', 'Compressed bytes of those layers.', ['from']);
  // From the start at 0, so that the first one counts as an increase.
  for (const outcome of ['complete', 'partial', 'failed']) imagesAnalyzed.inc({ outcome }, 0);
  for (const from of ['cache', 'registry', 'runtime']) {
    layers.inc({ from }, 0);
    layerBytes.inc({ from }, 0);
  }
  const failures = counter('iar_analysis_failures_total', 'Failed analyses, by error code.', ['code']);
  const problems = counter('iar_problems_total', 'What could not be read in images, by cataloger.', ['cataloger']);
  const code = boundedLabel(mostCodes);
  const cataloger = boundedLabel(mostCatalogers);
  return {
    imagesAnalyzed,
    layers,
    layerBytes,
    analysisFailures: { inc: (labels: { code: string }, by = 1) => failures.inc({ code: code(labels.code) }, by) },
    problems: {
      inc: (labels: { cataloger: string }, by = 1) => problems.inc({ cataloger: cataloger(labels.cataloger) }, by),
    },
    analysisDuration: histogram('iar_analysis_duration_seconds', 'Duration of the analysis of one image.'),
    analysesRunning: gauge('iar_analyses_running', 'Images under analysis.'),
    queueLength: gauge('iar_queue_length', 'Images that wait for their analysis.'),
    layerCacheBytes: gauge('iar_layer_cache_bytes', 'Size of the layer cache.'),
    layerCacheEntries: gauge('iar_layer_cache_entries', 'Layers in the layer cache.'),
  };
}

function makeAgentMetrics({ counter, gauge }: Makers) {
  return {
    containersSeen: counter('iar_containers_seen_total', 'Containers seen for the first time.'),
    watchInterruptions: counter('iar_watch_interruptions_total', 'How often the watch broke and began again.'),
    watchSynced: gauge('iar_watch_synced', '1 when everything that runs is known.'),
    watchLastEvent: gauge('iar_watch_last_event_timestamp_seconds', 'When the watch last had news, since epoch.'),
    logLinesLost: counter('iar_log_lines_lost_total', 'Log lines that could not be written.'),
  };
}

function makeOutbox({ counter, gauge }: Makers) {
  const deliveries = counter('iar_deliveries_total', 'Attempts to deliver, by outcome.', ['sink', 'outcome']);
  const length = gauge('iar_outbox_length', 'Deliveries that wait.', ['sink']);
  const oldest = gauge('iar_outbox_oldest_seconds', 'Age of the delivery that waits longest.', ['sink']);
  const bounded = boundedLabel(mostSinks);
  const kindOf = (sink: string): string => bounded(sink.split(':', 1)[0] ?? '');
  return {
    deliveries: {
      inc: ({ sink, outcome }: { sink: string; outcome: string }, by = 1) =>
        deliveries.inc({ sink: kindOf(sink), outcome }, by),
    },
    setOutbox: (states: readonly OutboxState[]) => {
      length.reset();
      oldest.reset();
      for (const [sink, ofKind = []] of Object.entries(Object.groupBy(states, (state) => kindOf(state.sink)))) {
        const lengths = ofKind.map((state) => state.length);
        length.set(
          { sink },
          lengths.reduce((sum, one) => sum + one, 0),
        );
        oldest.set({ sink }, Math.max(...ofKind.map((state) => state.oldestSeconds)));
      }
    },
  };
}

function makeScraping(
  registry: Registry,
  { counter }: Makers,
  onError: MetricsOptions['onError'],
): Exposition & Pick<AgentMetrics, 'onScrape'> {
  const failures = counter('iar_scrape_failures_total', 'Values that could not be brought up to date for a scrape.');
  const updates: (() => void)[] = [];
  return {
    contentType: registry.contentType,
    onScrape: (update) => void updates.push(update),
    render: () => {
      for (const update of updates) {
        try {
          update();
        } catch (error) {
          // The other metrics are the more wanted when a part is broken; the count tells that these are stale.
          failures.inc();
          onError(error);
        }
      }
      return registry.metrics();
    },
  };
}
