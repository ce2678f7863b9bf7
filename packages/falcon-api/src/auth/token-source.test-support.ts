import { expect, onTestFinished } from 'vitest';
import { FalconError } from '../falcon-error.ts';
import { createFalconCloud, type FalconCloudDouble } from '../testing/create-falcon-cloud.ts';
import type { FalconCloudDoubleOptions } from '../testing/falcon-cloud-options.ts';
import { type HostReaction, type HostRequest, startHost } from '../testing/host-server.ts';
import { createTokenSource } from './create-token-source.ts';
import type { ClosableTokenSource, TokenSourceOptions } from './token-source.ts';

/** A double that is closed with the test. */
export async function startCloud(options: FalconCloudDoubleOptions = {}): Promise<FalconCloudDouble> {
  const cloud = await createFalconCloud(options);
  onTestFinished(() => cloud.close());
  return cloud;
}

/** A token endpoint that answers what it is told, and is closed with the test. */
export async function startEndpoint(react: (request: HostRequest) => HostReaction): Promise<string> {
  const host = await startHost(async (request) => react(request), 1024 * 1024);
  onTestFinished(() => host.close());
  return host.url;
}

/** The secret of sources that `sourceFor` makes. */
export const secret = 'sEcReTsEcReTsEcReTsEcReTsEcReTsEcReT1234';

export function sourceFor(url: string, options: Partial<TokenSourceOptions> = {}): ClosableTokenSource {
  return createTokenSource({ apiUrl: url, clientId: 'client', clientSecret: secret, ...options });
}

export function sourceOf(cloud: FalconCloudDouble, options: Partial<TokenSourceOptions> = {}): ClosableTokenSource {
  return sourceFor(cloud.apiUrl, { clientId: cloud.clientId, clientSecret: cloud.clientSecret, ...options });
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
