import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Keychain, type ProxyOptions, RegistryClient } from '@falcon-iar/oci-registry';
import { chooseCatalogers, createByteBudget, type Isolation } from '@falcon-iar/sbom';
import { type AnalysisQueue, createAnalysisQueue } from '../analyze/analysis-queue.ts';
import { createImageAnalyzer, type ImageAnalyzer } from '../analyze/image-analyzer.ts';
import { recipeOf } from '../analyze/recipe.ts';
import { availableCatalogers } from '../catalogers/available-catalogers.ts';
import { openIsolation } from '../catalogers/open-isolation.ts';
import { secretKey } from '../catalogers/secret-key.ts';
import { userAgent } from '../cli/user-agent.ts';
import { agentVersion } from '../cli/version.ts';
import type { Settings } from '../config/settings.ts';
import { type Delivery, startDelivery } from '../deliver/delivery.ts';
import type { Sink } from '../deliver/sink.ts';
import { layersAtOnce } from '../inventory/layers-at-once.ts';
import { createScratch } from '../inventory/scratch.ts';
import { createSharedLayers } from '../inventory/shared-layers.ts';
import { createHealth, type Health } from '../observe/health.ts';
import { serveObservability } from '../observe/http-server.ts';
import type { Logger } from '../observe/logger.ts';
import type { AgentMetrics } from '../observe/metrics.ts';
import { configuredKeychain } from '../registry/configured-keychain.ts';
import { registryHosts } from '../registry/registry-hosts.ts';
import { openStore, type Store } from '../store/open-store.ts';
import type { Workloads } from '../workload/workloads.ts';
import type { AgentEnvironment } from './agent-environment.ts';
import { drainInTurn } from './drain.ts';
import { openSinks } from './open-sinks.ts';
import { openWorkloads } from './open-workloads.ts';
import { type WatchHealth, watchHealth } from './watch-health.ts';

/** What the agent runs in. */
export interface RunAgentOptions {
  readonly environment: AgentEnvironment;
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  /** Tells the agent to finish what it has begun and to stop. */
  readonly signal: AbortSignal;
}

/**
 * ms that the container runtime may be away at a stretch before the agent asks to be restarted. Far beyond the restart of
 * any runtime, and soon enough for what starts after it.
 */
const longestSilence = 120_000;

/**
 * The agent: learns of images, analyses each once and delivers what it found, until `signal`. Then it finishes what it
 * has begun, within `drainSeconds`, and returns; what is not delivered by then is kept for the next start.
 *
 * @throws UsageError and the errors of the packages for settings that lead nowhere; StoreError
 */
export async function runAgent(settings: Settings, options: RunAgentOptions): Promise<void> {
  const { metrics, logger, redact, signal } = options;
  await using resources = new AsyncDisposableStack();
  const health = createHealth({ now: Date.now, redact });
  // Declared before the first probe can come: nothing is known of what runs until then.
  const watched = watchHealth(health, { longestSilence: longestSilenceOf(settings) });
  await serve(settings, { health, metrics, logger, resources });
  const store = resources.use(openAgentStore(settings, logger));
  const ca = settings.caCert === undefined ? undefined : await readFile(settings.caCert, 'utf8');
  const keychain = keychainOf(settings, options, ca);
  const registry = resources.use(await openRegistry(settings, keychain, ca));
  const opened = await openWorkloads(settings, { registry, keychain, ...options });
  const workloads = resources.use(opened.workloads);
  // Unknown is not another one: what waits for delivery must outlast an API server that is away.
  if (workloads.clusterId !== '') store.useCluster(workloads.clusterId);
  const sinks = openSinks(settings, { clusterId: workloads.clusterId, runtimeType: opened.runtimeType, ca, logger });
  resources.defer(async () => void (await Promise.all(sinks.map((sink) => sink.close()))));

  const deliveries = sinks.map((sink) =>
    startDelivery({ sink, outbox: store.outbox, health, metrics, logger, now: Date.now, random: Math.random }),
  );
  // Nothing may go on to deliver out of a store that is closed.
  resources.defer(() => endDeliveries(deliveries));
  const wake = (): void => {
    for (const delivery of deliveries) delivery.wake();
  };
  resources.use(sweepDaily(store, sinks, logger));
  const isolation = resources.use(openIsolation());
  const { analyzer, queue } = createAnalysis(settings, { store, isolation, sinks, metrics, logger, wake });
  measure(metrics, { queue, store, sinks });
  logger.info('agent started', {
    version: agentVersion(),
    mode: settings.runmode,
    sinks: sinks.map(({ name }) => name),
  });
  try {
    await follow(workloads, { analyzer, queue, watched, metrics, logger, signal });
  } finally {
    await finish(settings, queue, deliveries, logger);
  }
}

async function endDeliveries(deliveries: readonly Delivery[]): Promise<void> {
  for (const delivery of deliveries) {
    delivery.abort(new Error('the agent ends'));
    await delivery.drain();
  }
}

const day = 24 * 60 * 60 * 1000;

/** Lets go, now and every day, of what nobody will ask for again. */
function sweepDaily(store: Store, sinks: readonly Sink[], logger: Logger): Disposable {
  const sweep = (): void => {
    try {
      const { abandonedDeliveries, forgottenImages } = store.sweep(sinks.map(({ name }) => name));
      if (abandonedDeliveries === 0 && forgottenImages === 0) return;
      logger.info('what nobody asks for any more was forgotten', { abandonedDeliveries, forgottenImages });
    } catch (err) {
      logger.error('the state could not be cleaned up', { err });
    }
  };
  sweep();
  const timer = setInterval(sweep, day);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** What changes by itself is looked up when somebody asks. */
function measure(
  metrics: AgentMetrics,
  { queue, store, sinks }: { queue: AnalysisQueue; store: Store; sinks: readonly Sink[] },
): void {
  metrics.onScrape(() => {
    metrics.queueLength.set(queue.length);
    metrics.analysesRunning.set(queue.running);
    metrics.layerCacheBytes.set(store.layers.bytes);
    metrics.layerCacheEntries.set(store.layers.entries);
    const now = Date.now();
    metrics.setOutbox(
      sinks.map(({ name: sink }) => {
        const oldestSeconds = (now - (store.outbox.oldest(sink) ?? now)) / 1000;
        return { sink, length: store.outbox.pending(sink), oldestSeconds };
      }),
    );
  });
}

/**
 * A socket that is mounted as a file stays the one that it was when the runtime makes a new one, so that only a restart
 * of the container finds it. An API server is found again by the same name.
 */
function longestSilenceOf({ runmode }: Settings): number | undefined {
  return runmode === 'socket' ? longestSilence : undefined;
}

interface Following {
  readonly analyzer: ImageAnalyzer;
  readonly queue: AnalysisQueue;
  readonly watched: WatchHealth;
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Takes in what runs, until the signal. */
async function follow(
  workloads: Workloads,
  { analyzer, queue, watched, metrics, logger, signal }: Following,
): Promise<void> {
  const onResumed = (): void => {
    watched.synced();
    metrics.watchSynced.set(1);
  };
  const onInterrupted = (error: Error): void => {
    watched.interrupted(error.message);
    metrics.watchInterruptions.inc();
    metrics.watchSynced.set(0);
  };
  try {
    let isKnown = false;
    for await (const event of workloads.watch({ signal, onInterrupted, onResumed })) {
      metrics.watchLastEvent.set(Date.now() / 1000);
      if (event.type === 'seen') {
        watched.heard();
        metrics.containersSeen.inc();
        const delay = analyzer.consider(event.sighting);
        if (delay !== undefined) queue.add(event.sighting, delay);
      } else {
        onResumed();
        // Lists come again; the first one is what people wait for.
        const log = isKnown ? logger.debug : logger.info;
        log('everything that runs is known', { waiting: queue.length, running: queue.running });
        isKnown = true;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (!signal.aborted) throw new Error('nobody tells any more what runs');
}

async function finish(
  { drainSeconds }: Settings,
  queue: AnalysisQueue,
  deliveries: readonly Delivery[],
  logger: Logger,
): Promise<void> {
  logger.info('agent stops; what runs is finished first', { running: queue.running, seconds: drainSeconds });
  const isInTime = await drainInTurn([queue, ...deliveries], drainSeconds * 1000);
  logger.info(isInTime ? 'agent stopped' : 'agent stopped; what was not finished is taken up at the next start');
}

interface AnalysisParts {
  readonly store: Store;
  readonly isolation: Isolation;
  readonly sinks: readonly Sink[];
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
  readonly wake: () => void;
}

function createAnalysis(settings: Settings, parts: AnalysisParts) {
  const { store, isolation, sinks, metrics, logger, wake } = parts;
  const analyzer = createImageAnalyzer({
    ledger: store.ledger,
    sinks: sinks.map(({ name }) => name),
    extendable: sinks.filter(({ extend }) => extend !== undefined).map(({ name }) => name),
    inventory: {
      catalogers: chooseCatalogers(settings.catalogers, availableCatalogers(secretKey(store.secretKey))),
      budget: createByteBudget(settings.memoryBudgetBytes),
      isolation,
      scratch: createScratch(settings.scratchDir ?? tmpdir(), settings.scratchBytes),
      layers: createSharedLayers(store.layers),
      layersAtOnce,
      seekable: settings.seekableLayers,
    },
    onReport: wake,
    ...{ metrics, logger, now: Date.now, random: Math.random },
  });
  const { analyze, settle, onFailure, onForgotten } = analyzer;
  return {
    analyzer,
    queue: createAnalysisQueue({ concurrency: settings.maxConsumerThreads, analyze, settle, onFailure, onForgotten }),
  };
}

/** Bytes of layers' facts that are kept without a state directory. */
const mostInMemory = 64 * 1024 ** 2;

const storeProblems = {
  'not-cached': 'what was read of a layer could not be kept; it is read again when it is needed',
  'unreadable-cache': 'what was kept of a layer is damaged; it is read again when it is needed',
  'unreadable-report': 'a report that waited is damaged; its image is analysed again when it is seen',
} as const;

function openAgentStore(settings: Settings, logger: Logger): Store {
  const { stateDir, layerCacheBytes } = settings;
  const store = openStore({
    ...(stateDir !== undefined && { file: join(stateDir, 'iar.db') }),
    // The key that names the secret cataloger is in the file, as old as the facts: it need not be in the recipe.
    recipe: recipeOf(chooseCatalogers(settings.catalogers, availableCatalogers()), settings.seekableLayers),
    layerCacheBytes: stateDir === undefined ? Math.min(layerCacheBytes, mostInMemory) : layerCacheBytes,
    now: Date.now,
    onProblem: ({ kind, subject, error }) => logger.warn(storeProblems[kind], { subject, err: error }),
  });
  for (const notice of store.notices) logger.warn(notice);
  if (stateDir === undefined) logger.info('there is no state directory: a restart begins anew');
  return store;
}

async function openRegistry(settings: Settings, keychain: Keychain, ca: string | undefined): Promise<RegistryClient> {
  const hosts = await registryHosts(settings, settings.insecureRegistries);
  return new RegistryClient({
    keychain,
    userAgent: userAgent(),
    insecureHttp: settings.insecureRegistries,
    tls: { ca },
    proxy: proxyOf(settings),
    ...(hosts !== undefined && { hosts }),
  });
}

function proxyOf({ httpProxy, httpsProxy, noProxy }: Settings): ProxyOptions {
  return { http: httpProxy?.reveal(), https: httpsProxy?.reveal(), no: noProxy.join(',') };
}

function keychainOf(settings: Settings, { environment, logger }: RunAgentOptions, ca: string | undefined): Keychain {
  const { dockerConfig, registryAuthFile } = settings;
  return configuredKeychain({
    env: { ...environment, DOCKER_CONFIG: dockerConfig, REGISTRY_AUTH_FILE: registryAuthFile },
    proxy: proxyOf(settings),
    tls: { ca },
    // A container has no such programs, and a service runs none that a file names.
    runHelpers: false,
    onProblem: (err) => logger.warn('a log-in that is configured cannot be used', { err }),
  });
}

interface Served {
  readonly health: Health;
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
  readonly resources: AsyncDisposableStack;
}

/** First of all, so that probes are answered while the agent waits for others. */
async function serve({ httpPort, httpHost }: Settings, { health, metrics, logger, resources }: Served): Promise<void> {
  if (httpPort === 'off') return;
  const server = await serveObservability({
    ...{ port: httpPort, host: httpHost, health, metrics },
    onError: (err) => logger.warn('a request for health or metrics could not be answered', { err }),
  });
  resources.defer(() => server.close());
  logger.info('health and metrics are served', { port: server.port });
}
