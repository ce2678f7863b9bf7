import { type ClusterTransport, createClusterTransport } from '@falcon-iar/k8s-watcher';
import { type ApiServer, createApiServer } from '@falcon-iar/k8s-watcher/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type MemoryLogger, memoryLogger } from '../observe/memory-logger.test-support.ts';
import { putPullSecret } from './cluster.test-support.ts';
import { type DiscoveredSecrets, discoverSecrets } from './discovered-secrets.ts';

const { signal } = new AbortController();
let server: ApiServer;
let transport: ClusterTransport;
let logger: MemoryLogger;
let discovered: DiscoveredSecrets | undefined;

beforeEach(async () => {
  server = await createApiServer();
  transport = createClusterTransport({ baseUrl: server.url });
  logger = memoryLogger();
});
afterEach(async () => {
  await discovered?.close();
  await transport.close();
  await server.close();
});

describe('discoverSecrets', () => {
  it('waits for the first list of both types', async () => {
    putPullSecret(server, 'a', { host: 'a.example' });
    discovered = discoverSecrets(transport, logger);
    expect((await discovered.secrets(signal)).map(({ name }) => name)).toEqual(['a']);
  });

  it('waits over a failure that passes', async () => {
    putPullSecret(server, 'a', { host: 'a.example' });
    server.fail({ verb: 'list', resource: 'secrets', effect: 503, times: 2 });
    discovered = discoverSecrets(transport, logger);
    expect((await discovered.secrets(signal)).map(({ name }) => name)).toEqual(['a']);
    expect(logger.messages('warn')).toEqual(['the pull secrets of the cluster cannot be read']);
  });

  it('does not wait for what it may not read', async () => {
    server.deny('list', 'secrets');
    discovered = discoverSecrets(transport, logger);
    expect(await discovered.secrets(signal)).toEqual([]);
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { err: { code: 'FORBIDDEN' } } }]);
  });

  it('ends a wait with the reason of its signal and leaves no listener behind', async () => {
    server.fail({ verb: 'list', resource: 'secrets', effect: 'hang', times: 2 });
    discovered = discoverSecrets(transport, logger);
    const controller = new AbortController();
    const added = vi.spyOn(controller.signal, 'addEventListener');
    const removed = vi.spyOn(controller.signal, 'removeEventListener');
    const waiting = discovered.secrets(controller.signal);
    controller.abort('SIGTERM');
    await expect(waiting).rejects.toBe('SIGTERM');
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
    await discovered.close();
    expect(logger.messages('error')).toEqual([]);
  });

  it('says when it cannot go on', async () => {
    discovered = discoverSecrets(transport, logger);
    await discovered.secrets(signal);
    await transport.close();
    await vi.waitFor(() => expect(logger.messages('error')).not.toEqual([]), { timeout: 5000 });
    expect(logger.messages('error')).toEqual(['the pull secrets of the cluster are no longer watched']);
    await discovered.close();
  });
});
