import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAll } from '../reflect/read-all.test-support.ts';
import { until } from '../reflect/watch.test-support.ts';
import { type ApiServer, createApiServer } from '../testing/create-api-server.ts';
import { WatcherError } from '../watcher-error.ts';
import { createClusterTransport } from './create-cluster-transport.ts';
import { inClusterTransport } from './in-cluster-transport.ts';

const path = '/api/v1/pods';
let server: ApiServer;
let directory: string;

beforeEach(async () => {
  server = await createApiServer({ tokens: ['first'] });
  directory = await mkdtemp(join(tmpdir(), 'watcher-'));
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof WatcherError ? error.code : `no WatcherError but ${error}`;
}

describe('createClusterTransport', () => {
  it('reads a rotated token file again, at once where the old token is refused', async () => {
    const tokenFile = join(directory, 'token');
    await writeFile(tokenFile, 'first\n');
    let now = 0;
    await using transport = createClusterTransport({ baseUrl: server.url, tokenFile, now: () => now });
    await transport.getJson(path);
    await writeFile(tokenFile, 'second');
    await transport.getJson(path);
    server.acceptTokens('second');
    await transport.getJson(path);
    expect(server.requests).toHaveLength(4);
    await writeFile(tokenFile, 'third');
    server.acceptTokens('second', 'third');
    now += 60_000;
    await transport.getJson(path);
    server.acceptTokens('third');
    await transport.getJson(path);
    expect(server.requests).toHaveLength(6);
    server.acceptTokens('fourth');
    expect(await codeOf(transport.getJson(path))).toBe('UNAUTHORIZED');
  });

  it('says why a token file cannot be used', async () => {
    const tokenFile = join(directory, 'token');
    await using transport = createClusterTransport({ baseUrl: server.url, tokenFile });
    expect(await codeOf(transport.getJson(path))).toBe('CREDENTIALS_UNREADABLE');
    await writeFile(tokenFile, 'two tokens');
    expect(await codeOf(transport.getJson(path))).toBe('CREDENTIALS_UNREADABLE');
  });

  it.each([
    [400, 'REQUEST_REJECTED'],
    [302, 'REQUEST_REJECTED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [410, 'GONE'],
    [429, 'RATE_LIMITED'],
    [500, 'SERVER_ERROR'],
    ['reset', 'NETWORK'],
    ['truncate', 'NETWORK'],
    ['garbage', 'RESPONSE_INVALID'],
    ['hang', 'TIMEOUT'],
  ] as const)('explains %s as %s', async (effect, code) => {
    await using transport = createClusterTransport({ baseUrl: server.url, token: 'first', idleTimeout: 300 });
    server.fail({ effect });
    expect(await codeOf(transport.getJson(path))).toBe(code);
  });

  it('shows neither token nor query in a message', async () => {
    await using transport = createClusterTransport({ baseUrl: server.url, token: 'top-secret' });
    const error = await transport.getJson(path, { query: { fieldSelector: 'type=x' } }).catch((reason) => reason);
    expect((error as Error).message).toBe(
      `[UNAUTHORIZED] GET ${transport.host}${path}: the credentials were refused (401): Unauthorized`,
    );
    expect(JSON.stringify(error)).not.toContain('top-secret');
  });

  it('limits an answer', async () => {
    await using transport = createClusterTransport({ baseUrl: server.url, token: 'first', maxBodyBytes: 90 });
    await transport.getJson(path);
    server.put('nodes', { metadata: { name: 'n' } });
    expect(await codeOf(transport.getJson('/api/v1/nodes'))).toBe('RESPONSE_TOO_LARGE');
  });

  it('limits a line of a watch', async () => {
    await using transport = createClusterTransport({ baseUrl: server.url, token: 'first', maxLineBytes: 50 });
    server.put('nodes', { metadata: { name: 'n' } });
    const lines = transport.getLines('/api/v1/nodes', { query: { watch: true } });
    expect(await codeOf(readAll(lines))).toBe('RESPONSE_TOO_LARGE');
    await until(() => server.watches === 0);
  });

  it('rejects with the reason of an abort, before and during a request', async () => {
    await using transport = createClusterTransport({ baseUrl: server.url, token: 'first' });
    const reason = { not: 'an error' };
    await expect(transport.getJson(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const lines = transport.getLines(path, { query: { watch: true }, signal: controller.signal });
    const next = lines[Symbol.asyncIterator]().next();
    await until(() => server.watches === 1);
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    await until(() => server.watches === 0);
  });

  it('says CLOSED to what its end cuts', async () => {
    const transport = createClusterTransport({ baseUrl: server.url, token: 'first' });
    const lines = readAll(transport.getLines(path, { query: { watch: true } }));
    const outcome = codeOf(lines);
    await until(() => server.watches === 1);
    await transport.close();
    expect(await outcome).toBe('CLOSED');
    expect(await codeOf(transport.getJson(path))).toBe('CLOSED');
    await transport.close();
  });

  it('leaves a dispatcher that was lent open', async () => {
    const dispatcher = new Agent();
    const transport = createClusterTransport({ baseUrl: server.url, token: 'first', dispatcher });
    await transport.getJson(path);
    await transport.close();
    expect(dispatcher.destroyed).toBe(false);
    await dispatcher.close();
  });

  it.each([
    { baseUrl: 'api.example' },
    { baseUrl: 'ftp://api.example' },
    { baseUrl: 'https://user@api.example' },
    { baseUrl: 'https://api.example', token: 'a', tokenFile: 'b' },
    { baseUrl: 'https://api.example', idleTimeout: 0 },
  ])('refuses %j', (options) => {
    expect(() => createClusterTransport(options)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  });
});

describe('inClusterTransport', () => {
  it('uses the files of the service account', async () => {
    await writeFile(join(directory, 'token'), 'first');
    await writeFile(join(directory, 'ca.crt'), '');
    await using transport = await inClusterTransport({ directory, baseUrl: server.url });
    expect(await transport.getJson(path)).toMatchObject({ kind: 'PodList' });
  });

  it('says that there are none', async () => {
    expect(await codeOf(inClusterTransport({ directory }))).toBe('CREDENTIALS_UNREADABLE');
    const signal = AbortSignal.abort('reason');
    await expect(inClusterTransport({ directory, signal })).rejects.toBe('reason');
  });
});
