import { createCipheriv, createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  type Image,
  RegistryClient,
  RegistryError,
  type RegistryErrorCode,
  staticKeychain,
} from '@falcon-iar/oci-registry';
import {
  createRegistry,
  type PushedImage,
  type RandomFaultKind,
  type RecordedRequest,
  randomFaults,
  type TestRegistry,
} from '@falcon-iar/oci-registry/testing';
import { describe, expect, it } from 'vitest';

const pulls = 300;
const atOnce = 8;
const layersEach = 5;
const images = 6;
/** Every so many pulls leave their layers before the end. */
const leavesEarly = 9;
/** Longest wait without a byte, ms: that it is over is a failure of the request, not of the test. */
const silence = 1500;
const password = 'correct-horse-battery-staple';

/** How a pull may end that met faults. What only a mistake of the client would lead to is not here. */
const acceptable: ReadonlySet<string> = new Set<RegistryErrorCode>([
  ...(['NETWORK', 'TIMEOUT', 'UNAVAILABLE', 'TOOMANYREQUESTS'] as const),
  ...(['DIGEST_INVALID', 'SIZE_INVALID', 'RESPONSE_INVALID', 'MANIFEST_INVALID'] as const),
  ...(['UNAUTHORIZED', 'DENIED', 'REDIRECT_INVALID'] as const),
]);

/**
 * What can be got over by trying again. Wrong bytes cannot: they may be an attack. Nor can tokens that end while the next
 * is on its way, which is what many at once make of a token that any of them may end; here they end when they are used up.
 */
const passing: readonly RandomFaultKind[] = [
  ...(['cut', 'reset', 'garbage', 'slow', 'unavailable', 'busy', 'redirect', 'expired-redirect'] as const),
];

/** Bytes that gzip cannot make smaller, and that are the same in every run. */
function noise(seed: number, length: number): Buffer {
  const key = createHash('sha256').update(`layer ${seed}`).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

interface Plan {
  readonly seed: number;
  readonly rate: number;
  readonly kinds?: readonly RandomFaultKind[];
}

async function startRegistry(plan: Plan): Promise<{ registry: TestRegistry; pushed: PushedImage[] }> {
  const inStorage = (['cut', 'flip', 'length', 'range', 'reset', 'unavailable', 'slow'] as const).filter(
    (kind) => plan.kinds?.includes(kind) ?? true,
  );
  const registry = await createRegistry({
    auth: { type: 'bearer', username: 'robot', password, requestsPerToken: 400 },
    faults: [
      randomFaults({ ...plan, maxRetryAfter: 0 }),
      randomFaults({ ...plan, on: 'storage', kinds: inStorage }),
      // Half of the blobs lie in storage anyway, behind URLs that are good once.
      { fault: ({ kind, reference = '' }) => (kind === 'blob' && /[0-7]$/.test(reference) ? inStore : undefined) },
    ],
  });
  const pushed: PushedImage[] = [];
  for (let image = 0; image < images; image += 1) {
    const layers = Array.from({ length: layersEach }, (_, index) => {
      const content = noise(image * layersEach + index, 80_000 + index * 10_000);
      return { entries: [{ path: `app/${image}-${index}`, content }] };
    });
    pushed.push(await registry.push('team/app', `v${image}`, { layers }));
  }
  return { registry, pushed };
}

const inStore = { kind: 'redirect', signed: { uses: 1 } } as const;

interface Outcome {
  readonly wanted: PushedImage;
  readonly digest?: string;
  /** Digests of the layers that were read to their end. */
  readonly layers?: readonly (string | undefined)[];
  readonly error?: unknown;
}

/** Reads a layer and hashes it anew: nothing of the client's own verification is trusted. */
async function readLayer(
  layer: Image['layers'][number],
  early: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  const hash = createHash('sha256');
  for await (const chunk of layer.open({ signal })) {
    if (early) return undefined;
    hash.update(chunk);
  }
  return `sha256:${hash.digest('hex')}`;
}

async function pull(
  client: RegistryClient,
  registry: TestRegistry,
  wanted: PushedImage,
  number: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const reference = number % 2 === 0 ? wanted.reference : `${registry.host}/team/app@${wanted.digest}`;
  try {
    const image = await client.resolve(reference, { signal });
    const reading = image.layers.map((layer) => readLayer(layer, number % leavesEarly === 0, signal));
    return { wanted, digest: image.digest, layers: await Promise.all(reading) };
  } catch (error) {
    return { wanted, error };
  }
}

interface Soak {
  readonly outcomes: readonly Outcome[];
  readonly events: readonly unknown[];
  readonly mostConnections: number;
  /** Connections that stay when the client is closed. */
  readonly leaked: number;
  readonly requests: readonly RecordedRequest[];
}

async function soak(plan: Plan, safety: AbortSignal): Promise<Soak> {
  const { registry, pushed } = await startRegistry(plan);
  const events: unknown[] = [];
  const outcomes: Outcome[] = [];
  const client = new RegistryClient({
    keychain: staticKeychain({ [registry.host]: { username: 'robot', password } }),
    limits: { connectTimeout: silence, headersTimeout: silence, bodyTimeout: silence },
    retry: { tries: 6, baseDelay: 1, maxDelay: 4 },
    onEvent: (event) => events.push(event),
  });
  let next = 0;
  let mostConnections = 0;
  const work = async (): Promise<void> => {
    for (let number = next++; number < pulls; number = next++) {
      const wanted = pushed[number % images] ?? expect.fail('there is no image');
      outcomes.push(await pull(client, registry, wanted, number, safety));
      mostConnections = Math.max(mostConnections, registry.openConnections);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await client.close();
  // The other side takes a moment to see the end of a connection.
  for (let tries = 0; tries < 100 && registry.openConnections > 0; tries += 1) await delay(20);
  const leaked = registry.openConnections;
  await registry.close();
  return { outcomes, events, mostConnections, leaked, requests: registry.requests };
}

function expectRightOrOurs(outcomes: readonly Outcome[]): void {
  expect(outcomes).toHaveLength(pulls);
  for (const { wanted, digest, layers, error } of outcomes) {
    if (error !== undefined) {
      const isOurs = error instanceof RegistryError && acceptable.has(error.code);
      expect(isOurs, isOurs ? '' : textOf(error)).toBe(true);
      continue;
    }
    const digests = wanted.images[0]?.layers.map((layer) => layer.digest) ?? [];
    expect(digest).toBe(wanted.digest);
    expect(layers).toEqual(digests.map((own, index) => layers?.[index] && own));
  }
  const whole = outcomes.filter(({ layers }) => layers?.every((layer) => layer !== undefined));
  expect(whole.length).toBeGreaterThan(pulls / 10);
}

/** Everything of an error that may end in a log. */
function textOf(error: unknown): string {
  const parts = [inspect(error, { depth: 20, showHidden: true })];
  for (let at = error; at instanceof Error; at = at.cause) {
    parts.push(at.message, at.stack ?? '', JSON.stringify(at), String((at as { hint?: unknown }).hint));
  }
  return parts.join('\n');
}

function credentialOf({ headers }: RecordedRequest): string | undefined {
  return typeof headers.authorization === 'string' ? headers.authorization.split(' ')[1] : undefined;
}

function expectNothingTold({ outcomes, events, requests }: Soak): void {
  const credentials = [...new Set([password, ...requests.flatMap((request) => credentialOf(request) ?? [])])];
  const signatures = requests.flatMap(({ query }) => /X-Amz-Signature=([0-9a-f]+)/.exec(query)?.[1] ?? []);
  // Two are the password and its Basic form: there were tokens, too.
  expect(credentials.length).toBeGreaterThan(2);
  expect(signatures.length).toBeGreaterThan(100);
  const errors = outcomes.flatMap(({ error }) => (error === undefined ? [] : [textOf(error)]));
  const told = [...errors, ...events.map((event) => inspect(event, { depth: 9 }))].join('\n');
  expect([...credentials, ...signatures].filter((secret) => told.includes(secret))).toEqual([]);
  expect(told).not.toMatch(/X-Amz-|Bearer [\w-]{8}|Basic [\w+/]{8}/);

  const foreign = requests.filter(({ server }) => server === 'storage');
  expect(foreign.length).toBeGreaterThan(100);
  expect(foreign.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  const sent = foreign.map(({ path, query, headers }) => JSON.stringify([path, query, headers])).join('\n');
  expect(credentials.filter((secret) => sent.includes(secret))).toEqual([]);
}

describe('300 pulls from a registry where everything goes wrong at times', () => {
  const plans: readonly Plan[] = [
    { seed: 1, rate: 0.05 },
    { seed: 2, rate: 0.25 },
    { seed: 3, rate: 0.1, kinds: passing },
  ];

  it.each(plans)(
    'end as they should, tell no secret and leave nothing open: seed $seed, rate $rate',
    { timeout: 300_000 },
    async (plan) => {
      // A pull that hangs is a failure: the signal only keeps it from hanging the suite.
      const safety = AbortSignal.timeout(240_000);
      const result = await soak(plan, safety);
      expect(safety.aborted, 'a pull hung').toBe(false);
      expectRightOrOurs(result.outcomes);
      expectNothingTold(result);
      expect(result.leaked, 'connections stay open').toBe(0);
      expect(result.mostConnections).toBeLessThanOrEqual(atOnce * layersEach * 3);
      const struck = new Set(result.requests.map(({ fault }) => fault));
      const tried = ['cut', 'garbage', 'redirect', 'reset', 'slow', 'status'] as const;
      expect([...struck], 'the plan does not try everything').toEqual(expect.arrayContaining([...tried]));
      if (plan.kinds !== undefined) {
        const failed = result.outcomes.flatMap(({ error }) => (error === undefined ? [] : [textOf(error)]));
        expect(failed.length, failed[0]).toBeLessThanOrEqual(pulls / 100);
      }
    },
  );
});
