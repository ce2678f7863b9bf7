import { expect, onTestFinished } from 'vitest';
import { FalconError } from '../falcon-error.ts';
import { createFalconCloud, type FalconCloudDouble } from '../testing/create-falcon-cloud.ts';
import type { FalconCloudDoubleOptions } from '../testing/falcon-cloud-options.ts';
import { FalconClient, type FalconClientOptions } from './falcon-client.ts';

/** A double and a client of it. */
export interface Setup {
  readonly cloud: FalconCloudDouble;
  readonly client: FalconClient;
  /** Milliseconds the client waited between attempts. */
  readonly waits: number[];
  /** The clock of both. */
  readonly clock: { now: number };
}

/** Starts both; they are closed with the test. The client does not really wait: its waits move the clock. */
export async function setUp(
  cloudOptions: FalconCloudDoubleOptions = {},
  clientOptions: Partial<FalconClientOptions> = {},
): Promise<Setup> {
  const clock = { now: 1_786_000_000_000 };
  const waits: number[] = [];
  const cloud = await createFalconCloud({ now: () => clock.now, ...cloudOptions });
  const client = new FalconClient({
    apiUrl: cloud.apiUrl,
    uploadUrl: cloud.uploadUrl,
    credentials: cloud,
    now: () => clock.now,
    random: () => 0,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      clock.now += milliseconds;
      clock.now += milliseconds;
    },
    ...clientOptions,
  } as FalconClientOptions);
  onTestFinished(() => cloud.close());
  onTestFinished(() => client.close());
  return { cloud, client, waits, clock };
}

/** The FalconError a promise rejects with; anything else fails the test. */
export async function failure(promise: Promise<unknown>): Promise<FalconError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FalconError);
  return error as FalconError;
}

/** Host and answer of each inventory call. */
export function calls({ cloud }: Setup): (readonly [string, unknown])[] {
  return cloud.requests
    .filter(({ path }) => path.endsWith('/image-inventory/v1'))
    .map(({ host, answer }) => [host, answer] as const);
}
