import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import { RegistryError } from '../error.ts';
import { digestOf } from '../reference/digest.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry } from '../testing.ts';
import type { RegistryClientOptions } from '../transport/client-options.ts';
import { type LoopbackServer, loopbackServer, sendCut } from '../transport/loopback-server.test-support.ts';
import type { RegistryEvent } from '../transport/registry-event.ts';
import { RegistryClient } from './registry-client.ts';

const noSleep = { sleep: () => Promise.resolve() };

function clientWith(options: RegistryClientOptions = {}): RegistryClient {
  return untilTestEnds(new RegistryClient({ retry: noSleep, ...options }));
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const content = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 31) % 251));
const descriptor = { digest: digestOf(content), size: content.length };
const whole = { 'content-length': String(content.length), etag: '"v1"' };

function firstOf(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
}

function partOf(from: number): Record<string, string> {
  return {
    'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
    'content-length': String(content.length - from),
    etag: '"v1"',
  };
}

/** Answers as a registry that knows ranges does, and cuts each answer after so many bytes. */
function cutting(cuts: readonly number[]): (request: IncomingMessage, response: ServerResponse, count: number) => void {
  return (request, response, count) => {
    const from = firstOf(request);
    const cut = cuts[count - 1];
    const [status, headers] = from === 0 ? ([200, whole] as const) : ([206, partOf(from)] as const);
    if (cut !== undefined) sendCut(response, status, headers, content.subarray(from, from + cut));
    else response.writeHead(status, headers).end(content.subarray(from));
  };
}

const blobOf = (server: LoopbackServer, client: RegistryClient, options = {}): AsyncIterable<Uint8Array> =>
  client.openBlob(`${server.host}/app`, descriptor, options);
const rangesOf = (server: LoopbackServer): unknown[] => server.requests.map(({ headers }) => headers.range);

describe('a blob whose connection is cut', () => {
  it('goes on where it ended, with the entity tag of what is here', async () => {
    const server = await loopbackServer(cutting([1000, 1500]));
    const events: RegistryEvent[] = [];
    const client = clientWith({ onEvent: (event) => events.push(event) });
    expect(await collect(blobOf(server, client))).toEqual(content);
    expect(rangesOf(server)).toEqual([undefined, 'bytes=1000-', 'bytes=2500-']);
    expect(server.requests.map(({ headers }) => headers['if-range'])).toEqual([undefined, '"v1"', '"v1"']);
    expect(events.filter(({ type }) => type === 'resume')).toEqual([
      { type: 'resume', host: server.host, digest: descriptor.digest, offset: 1000 },
      { type: 'resume', host: server.host, digest: descriptor.digest, offset: 2500 },
    ]);
  });

  it('is exact or fails with a code of the closed set, wherever it is cut', async () => {
    let cuts: readonly number[] = [];
    let ignoresRange = false;
    let counted = 0;
    const server = await loopbackServer((request, response) => {
      counted += 1;
      if (ignoresRange) delete request.headers.range;
      cutting(cuts)(request, response, counted);
    });
    const client = clientWith({ retry: { ...noSleep, tries: 4, budget: 1e6 } });
    let [exact, failed] = [0, 0];
    const cutLists = fc.array(fc.nat({ max: content.length }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cutLists, fc.boolean(), async (list, ignores) => {
        [cuts, ignoresRange, counted] = [list, ignores, 0];
        try {
          expect(await collect(blobOf(server, client))).toEqual(content);
          exact += 1;
        } catch (error) {
          if (!(error instanceof RegistryError)) throw error;
          expect(error).toMatchObject({ code: 'NETWORK', retryable: true });
          failed += 1;
        }
      }),
      { numRuns: 150 },
    );
    expect(exact).toBeGreaterThan(30);
    expect(failed).toBeGreaterThan(0);
  });

  it('is skipped forward where the registry ignores ranges', async () => {
    const server = await loopbackServer((_request, response, count) => {
      if (count === 1) sendCut(response, 200, whole, content.subarray(0, 3000));
      else response.writeHead(200, whole).end(content);
    });
    expect(await collect(blobOf(server, clientWith()))).toEqual(content);
  });

  it('is complete where the last byte came before the cut', async () => {
    const server = await loopbackServer((_request, response) => sendCut(response, 200, { etag: 'W/"w"' }, content));
    expect(await collect(blobOf(server, clientWith()))).toEqual(content);
    expect(server.requests).toHaveLength(1);
  });

  it('goes on after a body that ends early as if nothing were wrong, without a weak tag', async () => {
    const server = await loopbackServer((request, response, count) => {
      const from = firstOf(request);
      if (count > 1) response.writeHead(206, partOf(from)).end(content.subarray(from));
      else response.writeHead(200, { etag: 'W/"w"' }).end(content.subarray(0, 2000));
    });
    expect(await collect(blobOf(server, clientWith()))).toEqual(content);
    expect(server.requests[1]?.headers).toMatchObject({ range: 'bytes=2000-' });
    expect(server.requests[1]?.headers['if-range']).toBeUndefined();
  });

  it.each([
    ['another part', 206, { 'content-range': `bytes 5-4999/5000`, 'content-length': '4995' }, 'RESPONSE_INVALID'],
    ['a part of another whole', 206, { 'content-range': 'bytes 1000-5999/6000' }, 'RESPONSE_INVALID'],
    ['a part that does not say which', 206, {}, 'RESPONSE_INVALID'],
    ['several parts', 206, { 'content-type': 'multipart/byteranges; boundary=x' }, 'RESPONSE_INVALID'],
    ['a part of another length', 206, { ...partOf(1000), 'content-length': '7' }, 'RESPONSE_INVALID'],
    ['a whole of another size', 200, { 'content-length': '7' }, 'SIZE_INVALID'],
    ['no such range', 416, { 'content-range': 'bytes */5000' }, 'RESPONSE_INVALID'],
    ['nothing any more', 404, {}, 'BLOB_UNKNOWN'],
  ])('fails where the registry then answers with %s', async (_, status, headers, code) => {
    const server = await loopbackServer((_request, response, count) => {
      if (count === 1) sendCut(response, 200, whole, content.subarray(0, 1000));
      else response.writeHead(status, headers as Record<string, string>).end(content.subarray(0, 7));
    });
    expect(await failureOf(collect(blobOf(server, clientWith())))).toMatchObject({ code });
    expect(server.requests).toHaveLength(2);
  });

  it('is given up where attempts bring nothing, or too little', async () => {
    const nothing = await loopbackServer(cutting(Array.from({ length: 50 }, () => 0)));
    expect(await failureOf(collect(blobOf(nothing, clientWith())))).toMatchObject({ code: 'NETWORK' });
    expect(nothing.requests).toHaveLength(3);
    const drops = await loopbackServer(cutting(Array.from({ length: 5000 }, () => 1)));
    expect(await failureOf(collect(blobOf(drops, clientWith())))).toMatchObject({ code: 'NETWORK' });
    expect(drops.requests).toHaveLength(3);
  });

  it('is shorter than promised where it goes on ending early', async () => {
    const server = await loopbackServer((_request, response) => {
      response.write(content.subarray(0, 2000));
      response.end();
    });
    const failure = await failureOf(collect(blobOf(server, clientWith({ retry: { ...noSleep, tries: 2 } }))));
    expect(failure).toMatchObject({ code: 'SIZE_INVALID', retryable: true });
    expect(server.requests).toHaveLength(2);
  });

  it('is given up when the budget of the host is used up', async () => {
    const server = await loopbackServer(cutting(Array.from({ length: 20 }, () => 400)));
    const client = clientWith({ retry: { ...noSleep, budget: 2 } });
    expect(await failureOf(collect(blobOf(server, client)))).toMatchObject({ code: 'NETWORK' });
    expect(server.requests).toHaveLength(3);
  });

  it('finds damage behind the place where it went on', async () => {
    const server = await loopbackServer((request, response, count) => {
      const from = firstOf(request);
      if (count === 1) sendCut(response, 200, whole, content.subarray(0, 1000));
      else response.writeHead(206, partOf(from)).end(Buffer.alloc(content.length - from));
    });
    expect(await failureOf(collect(blobOf(server, clientWith())))).toMatchObject({ code: 'DIGEST_INVALID' });
  });

  const user = { username: 'robot', password: 'pass' };

  it('gets a fresh redirect, and the storage never sees a credential', async () => {
    const registry = untilTestEnds(await createRegistry({ auth: { type: 'basic', ...user } }));
    const digest = registry.pushBlob('app', content);
    const blob = { digest, size: content.length };
    const client = clientWith({ keychain: staticKeychain({ [registry.host]: user }) });
    await collect(client.openBlob(`${registry.host}/app`, blob));
    registry.addFault({ on: 'blob', times: 2, fault: { kind: 'redirect' } });
    registry.addFault({ on: 'storage', times: 1, fault: { kind: 'cut', after: 2000 } });
    expect(await collect(client.openBlob(`${registry.host}/app`, blob))).toEqual(content);
    const atStorage = registry.requests.filter(({ server }) => server === 'storage');
    expect(atStorage.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    expect(atStorage[1]?.headers.range).toBe('bytes=2000-');
  });

  it('asks for another URL where the storage refuses the one it was given, and not for ever', async () => {
    const registry = untilTestEnds(await createRegistry());
    const digest = registry.pushBlob('app', content);
    const blob = { digest, size: content.length };
    registry.addFault({ on: 'blob', fault: { kind: 'redirect' } });
    registry.addFault({ on: 'storage', times: 1, fault: { kind: 'status', status: 403 } });
    expect(await collect(clientWith().openBlob(`${registry.host}/app`, blob))).toEqual(content);
    registry.addFault({ on: 'storage', fault: { kind: 'status', status: 403 } });
    const failure = await failureOf(collect(clientWith().openBlob(`${registry.host}/app`, blob)));
    expect(failure).toMatchObject({ code: 'DENIED', hint: expect.stringContaining('storage') });
    expect(registry.requests.filter(({ server }) => server === 'storage')).toHaveLength(2 + 3);
  });

  it('gets a new token where the old one has ended meanwhile', async () => {
    const registry = untilTestEnds(await createRegistry({ auth: { type: 'bearer', ...user } }));
    const digest = registry.pushBlob('app', content);
    const blob = { digest, size: content.length };
    const client = clientWith({ keychain: staticKeychain({ [registry.host]: user }) });
    await collect(client.openBlob(`${registry.host}/app`, blob));
    registry.addFault({ on: 'blob', times: 1, fault: { kind: 'cut', after: 2000 } });
    let read = 0;
    for await (const chunk of client.openBlob(`${registry.host}/app`, blob)) {
      registry.revokeTokens();
      read += chunk.length;
    }
    expect(read).toBe(content.length);
    expect(registry.requests.slice(-4).map(({ path, status }) => `${path.split('/')[1]} ${status}`)).toEqual([
      'v2 200',
      'v2 401',
      'token 200',
      'v2 206',
    ]);
  });
});

describe('leaving a blob that is being resumed', () => {
  const cutOnce = cutting([1000]);

  it('closes its socket when the loop is left after resuming', async () => {
    const server = await loopbackServer((request, response, count) => {
      if (count === 1) return cutOnce(request, response, count);
      response.writeHead(206, partOf(1000)).write(content.subarray(1000, 2000));
    });
    let read = 0;
    for await (const chunk of blobOf(server, clientWith())) {
      read += chunk.length;
      if (read > 1000) break;
    }
    await vi.waitFor(() => expect(server.openConnections).toBe(0));
  });

  it('stops while waiting for the next attempt, with the reason of the signal', async () => {
    const server = await loopbackServer(cutOnce);
    const client = clientWith({ retry: { baseDelay: 60_000, maxDelay: 60_000, random: () => 1 } });
    const controller = new AbortController();
    const reading = collect(blobOf(server, client, { signal: controller.signal }));
    setTimeout(() => controller.abort('enough'), 100);
    await expect(reading).rejects.toBe('enough');
    await vi.waitFor(() => expect(server.openConnections).toBe(0));
  });

  it('stops while the registry does not answer, with the reason of the signal', async () => {
    const controller = new AbortController();
    const server = await loopbackServer((request, response, count) => {
      if (count === 1) cutOnce(request, response, count);
      else setTimeout(() => controller.abort('enough'), 20);
    });
    const client = clientWith();
    await expect(collect(blobOf(server, client, { signal: controller.signal }))).rejects.toBe('enough');
    await vi.waitFor(() => expect(server.openConnections).toBe(0));
  });

  it('leaves no connection when the client is closed', async () => {
    const server = await loopbackServer(cutting([1000, 1500]));
    const client = new RegistryClient({ retry: noSleep });
    await collect(blobOf(server, client));
    await client.close();
    await vi.waitFor(() => expect(server.openConnections).toBe(0));
  });
});
