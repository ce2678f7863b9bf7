import { randomBytes } from 'node:crypto';
import { verifyContent } from '../image/verify-content.ts';
import { digestOf } from '../reference/digest.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry, type TestRegistryOptions } from '../testing.ts';
import type { RegistryClientOptions } from '../transport/client-options.ts';
import type { BlobOutcome, PushBlobOptions } from './push-options.ts';
import { RegistryClient } from './registry-client.ts';

/** What is pushed. */
export const bytes: Buffer = randomBytes(300_000);
/** Its descriptor. */
export const blob = { digest: digestOf(bytes), size: bytes.length };

/** A blob to be pushed, and what became of it. */
export interface TestSource {
  readonly seen: { opened: number; open: number };
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** A blob in pieces of 10 kB; counts how often it was opened, and how often it is open. */
export function testSource(content: Uint8Array = bytes, promised = blob): TestSource {
  const seen = { opened: 0, open: 0 };
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    seen.opened += 1;
    seen.open += 1;
    try {
      for (let at = 0; at < content.length; at += 10_000) yield content.subarray(at, at + 10_000);
    } finally {
      seen.open -= 1;
    }
  };
  return { seen, open: () => verifyContent(pieces(), promised, 'the source') };
}

/** A client that waits for nothing. */
export function clientWith(options: RegistryClientOptions = {}): RegistryClient {
  return untilTestEnds(new RegistryClient({ retry: { sleep: () => Promise.resolve() }, ...options }));
}

/** A registry for the time of a test. */
export async function registryWith(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  return untilTestEnds(await createRegistry(options));
}

/** Requests and their answers, without those for tokens. */
export function methodsOf(registry: TestRegistry): string[] {
  const asked = registry.requests.filter(({ path }) => path !== '/token');
  return asked.map(({ method, status }) => `${method} ${status}`);
}

/** What pushing {@link blob} came to. */
export interface Pushed {
  readonly outcome: BlobOutcome;
  readonly seen: TestSource['seen'];
  /** What the registry then has. */
  readonly stored: Uint8Array | undefined;
}

/** Pushes {@link blob} to `team/app`. */
export async function push(
  registry: TestRegistry,
  options: PushBlobOptions = {},
  from: TestSource = testSource(),
): Promise<Pushed> {
  const outcome = await clientWith().pushBlob(`${registry.host}/team/app`, blob, from.open, options);
  return { outcome, seen: from.seen, stored: registry.find('team/app', 'blob', blob.digest)?.bytes };
}
