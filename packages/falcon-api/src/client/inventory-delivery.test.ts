import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TokenSource } from '../auth/token-source.ts';
import { FalconError } from '../falcon-error.ts';
import { answerFailure } from '../http/answer-failure.ts';
import type { Exchange } from '../http/exchange.ts';
import { retrySettings, withRetry } from '../http/retry.ts';
import { minimalInventoryScanRequest } from '../testing/minimal-request.ts';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import type { ApiCall } from './api-session.ts';
import { type CallSender, InventoryDelivery } from './inventory-delivery.ts';
import { type UploadCompression, UploadEncodings } from './upload-encodings.ts';
import { type UploadHostName, UploadHosts } from './upload-hosts.ts';

/** One call as a host sees it. */
interface Seen {
  readonly host: UploadHostName;
  readonly method: string;
  readonly isGzip: boolean;
  /** Bytes as sent. */
  readonly bytes: number;
  readonly body: string;
}

/** What a host does: a status, a status with `Accept-Encoding`, or a cut connection. */
type Reply = number | readonly [number, string] | 'reset';

/** A delivery to hosts that answer by a script; nothing is sent. */
function setUp(script: (seen: Seen) => Reply, options: { compression?: UploadCompression; maxBody?: number } = {}) {
  const clock = { now: 1_786_000_000_000 };
  const now = () => clock.now;
  const seen: Seen[] = [];
  const retry = retrySettings({ attempts: 4 }, async () => undefined);
  const attempt = async (call: ApiCall, host: () => string): Promise<Exchange> => {
    const origin = host();
    const isGzip = call.headers?.['content-encoding'] === 'gzip';
    const sent = call.body ?? Buffer.alloc(0);
    const body = String(isGzip ? gunzipSync(sent) : sent);
    const name = new URL(origin).hostname.split('.')[0] as UploadHostName;
    const one: Seen = { host: name, method: call.method, isGzip, bytes: sent.length, body };
    seen.push(one);
    return answer(script(one), call, `${origin}${call.path}`);
  };
  const session: CallSender = {
    send: (call, host, signal) =>
      withRetry(() => attempt(call, host), { ...retry, attempts: Math.min(4, call.attempts ?? 4) }, signal),
  };
  const tokenSource = { apiUrl: 'https://api.test', region: undefined } as unknown as TokenSource;
  const delivery = new InventoryDelivery({
    ...{ session, now, hosts: new UploadHosts('https://upload.test', tokenSource, now) },
    encodings: new UploadEncodings(options.compression ?? 'probe', now),
    maxBody: options.maxBody ?? 64 * 1024 * 1024,
    timeouts: { upload: 300_000, request: 30_000 },
  });
  const deliver = (request: InventoryScanRequest) => delivery.deliver(request, undefined);
  return { clock, seen, deliver };
}

function answer(reply: Reply, call: ApiCall, url: string): Exchange {
  if (reply === 'reset') {
    throw new FalconError('NETWORK', `${call.method} ${url}: the connection failed`, { url });
  }
  const [status, accepts] = typeof reply === 'number' ? [reply, undefined] : reply;
  const { method, body } = call;
  const request = { method, url, headers: {}, ...(body === undefined ? {} : { body }), timeout: 1, maxBytes: 1 };
  const header = (name: string) => (name === 'accept-encoding' ? accepts : undefined);
  const exchange = { request, status, header, headerNames: [], body: Buffer.alloc(0), traceId: undefined };
  if (status !== 200) {
    throw answerFailure(exchange, { scope: call.scope, secrets: [], now: 0 });
  }
  return exchange;
}

/** A body of about 70 kB that compresses well, with something to leave out. */
const large: InventoryScanRequest = (() => {
  const request = minimalInventoryScanRequest();
  const whiteout_files = Array.from({ length: 1000 }, (_, index) => `/usr/share/doc/${index}`);
  const ELFBinaries = Array.from({ length: 300 }, (_, index) => ({
    ...{ Details: { linked: ['libc.so.6'] }, Hash: 'ab'.repeat(32), Malicious: false, Path: `/usr/bin/${index}` },
    ...{ Permissions: '-rwxr-xr-x', Size: index },
  }));
  return { ...request, inventory: { ...request.inventory, whiteout_files, ELFBinaries } };
})();
const largeBytes = Buffer.byteLength(JSON.stringify(large));
const small = minimalInventoryScanRequest();
const gzipRefused = (status: number) => (seen: Seen) => (seen.isGzip ? status : 200);
const told = (seen: readonly Seen[]) =>
  seen.map(({ host, method, isGzip }) => `${method} ${host}${isGzip ? ' gzip' : ''}`);

describe('compressed bodies', () => {
  it('are sent where the answer to a HEAD says that they are welcome', async () => {
    const { seen, deliver } = setUp(() => [200, 'br, gzip']);
    const receipt = await deliver(large);
    expect(receipt).toMatchObject({ host: 'upload', encoding: 'gzip', bytes: largeBytes, shed: [] });
    expect(receipt.sentBytes).toBeLessThan(largeBytes / 5);
    expect(told(seen)).toEqual(['HEAD upload', 'POST upload gzip']);
    expect(JSON.parse(seen[1]!.body)).toEqual(large);
  });

  it.each(['identity', 'br', 'gzip;q=0', ''])('are not sent where it says "%s"', async (accepts) => {
    const { seen, deliver } = setUp(() => [200, accepts]);
    expect(await deliver(large)).toMatchObject({ encoding: 'identity', sentBytes: largeBytes });
    expect(told(seen)).toEqual(['HEAD upload', 'POST upload']);
  });

  it.each(['gzip;q=0.5', '*', 'identity, GZIP;q=1'])('are sent where it says "%s"', async (accepts) => {
    const { deliver } = setUp(() => [200, accepts]);
    expect((await deliver(large)).encoding).toBe('gzip');
  });

  it('are tried once where it says nothing, and sent from then on', async () => {
    const { seen, deliver } = setUp(() => 200);
    for (let count = 0; count < 3; count += 1) {
      expect((await deliver(large)).encoding).toBe('gzip');
    }
    expect(told(seen)).toEqual(['HEAD upload', 'POST upload gzip', 'POST upload gzip', 'POST upload gzip']);
  });

  it.each([400, 415, 422, 500])(
    'that are refused with %i are sent as they are, and not tried for an hour',
    async (no) => {
      const { seen, clock, deliver } = setUp(gzipRefused(no));
      expect(await deliver(large)).toMatchObject({ host: 'upload', encoding: 'identity' });
      expect(await deliver(large)).toMatchObject({ host: 'upload', encoding: 'identity' });
      expect(told(seen)).toEqual(['HEAD upload', 'POST upload gzip', 'POST upload', 'POST upload']);
      clock.now += 3_600_000;
      seen.length = 0;
      await deliver(large);
      expect(told(seen)).toEqual(['HEAD upload', 'POST upload gzip', 'POST upload']);
    },
  );

  it('that are refused by a host which took them before are not lost either', async () => {
    const answers = { gzip: 200 };
    const { seen, deliver } = setUp((one) => (one.isGzip ? answers.gzip : 200));
    await deliver(large);
    answers.gzip = 415;
    seen.length = 0;
    expect((await deliver(large)).encoding).toBe('identity');
    expect((await deliver(large)).encoding).toBe('identity');
    expect(told(seen)).toEqual(['POST upload gzip', 'POST upload', 'POST upload']);
  });

  it('say nothing of the encoding when the connection breaks', async () => {
    let isCut = true;
    const { seen, deliver } = setUp(({ isGzip }) => {
      const reply = isGzip && isCut ? 'reset' : 200;
      isCut &&= !isGzip;
      return reply;
    });
    await deliver(large);
    expect((await deliver(large)).encoding).toBe('gzip');
    expect(told(seen)).toEqual(['HEAD upload', 'POST upload gzip', 'POST upload', 'POST upload gzip']);
  });

  it('leave a body that is wrong in itself refused', async () => {
    const { seen, deliver } = setUp(({ method }) => (method === 'HEAD' ? 200 : 400));
    await expect(deliver(large)).rejects.toMatchObject({ code: 'PAYLOAD_REJECTED', status: 400 });
    expect(told(seen)).toEqual(['HEAD upload', 'POST upload gzip', 'POST upload']);
  });

  it('are found out for each host by itself', async () => {
    const { seen, deliver } = setUp((one) => (one.host === 'upload' ? 404 : gzipRefused(415)(one)));
    expect(await deliver(large)).toMatchObject({ host: 'api', encoding: 'identity' });
    expect(told(seen).slice(-3)).toEqual(['HEAD api', 'POST api gzip', 'POST api']);
  });

  it('are not made of small bodies, and none where they are switched off', async () => {
    const { seen, deliver } = setUp(() => 200);
    await deliver(small);
    expect(told(seen)).toEqual(['POST upload']);
    const never = setUp(() => 200, { compression: 'never' });
    expect((await never.deliver(large)).encoding).toBe('identity');
  });

  it('have all attempts where they are known to be welcome', async () => {
    let failures = 2;
    const { seen, deliver } = setUp(({ method }) => (method === 'POST' && failures-- > 0 ? 503 : 200), {
      compression: 'always',
    });
    await deliver(large);
    expect(told(seen)).toEqual(['HEAD upload', 'POST upload gzip', 'POST upload gzip', 'POST upload gzip']);
    expect(new Set(seen.slice(1).map(({ body }) => body)).size).toBe(1);
  });
});

describe('a HEAD before the body', () => {
  it('ends an upload that nobody would let in, before the body is sent', async () => {
    const { seen, deliver } = setUp(() => 401);
    await expect(deliver(large)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(told(seen)).toEqual(['HEAD upload', 'HEAD api']);
  });

  it('sends everything to the API host where the upload host takes no such token', async () => {
    const { seen, deliver } = setUp(({ host }) => (host === 'upload' ? 401 : 200), { compression: 'never' });
    expect(await deliver(large)).toMatchObject({ host: 'api', failover: { host: 'upload', code: 'UNAUTHENTICATED' } });
    expect(await deliver(large)).not.toHaveProperty('failover');
    expect(told(seen)).toEqual(['HEAD upload', 'HEAD api', 'POST api', 'POST api']);
  });

  it.each([403, 404, 405, 429, 500])('is no reason to give up when it is answered %i', async (status) => {
    const { deliver } = setUp(({ method }) => (method === 'HEAD' ? status : 200));
    expect((await deliver(large)).host).toBe('upload');
  });

  it('is sent again only after the host was silent for five minutes', async () => {
    const { seen, clock, deliver } = setUp(() => 200, { compression: 'never' });
    await deliver(large);
    clock.now += 299_999;
    await deliver(large);
    clock.now += 300_000;
    await deliver(large);
    expect(told(seen)).toEqual(['HEAD upload', 'POST upload', 'POST upload', 'HEAD upload', 'POST upload']);
  });

  it('is all that a trial of a host that is still gone costs', async () => {
    const { seen, clock, deliver } = setUp(({ host }) => (host === 'upload' ? 'reset' : 200));
    expect(await deliver(small)).toMatchObject({ host: 'api', failover: { host: 'upload', code: 'NETWORK' } });
    clock.now += 60_000;
    seen.length = 0;
    expect(await deliver(small)).toMatchObject({ host: 'api', failover: { host: 'upload', code: 'NETWORK' } });
    expect(await deliver(small)).not.toHaveProperty('failover');
    expect(told(seen)).toEqual(['HEAD upload', 'POST api', 'POST api']);
  });
});

describe('a body that is too large', () => {
  const over = (limit: number) => (seen: Seen) => (seen.body.length > limit ? 413 : 200);

  it('loses optional parts before it is sent, as the receipt says', async () => {
    const { seen, deliver } = setUp(() => 200, { maxBody: largeBytes - 1, compression: 'never' });
    const { shed, bytes } = await deliver(large);
    expect(shed).toEqual([{ part: 'whiteout_files', entries: 1000, bytes: largeBytes - bytes }]);
    expect(JSON.parse(seen.at(-1)!.body).inventory).not.toHaveProperty('whiteout_files');
  });

  it('loses them step by step when the host says 413, and for an hour every one does beforehand', async () => {
    const { seen, clock, deliver } = setUp(over(40_000), { compression: 'never' });
    const receipt = await deliver(large);
    expect(receipt.shed.map(({ part }) => part)).toEqual(['whiteout_files', 'ELFBinaries.Details', 'ELFBinaries']);
    expect(told(seen)).toEqual(['HEAD upload', 'POST upload', 'POST upload']);
    await deliver(large);
    expect(seen).toHaveLength(4);
    clock.now += 3_600_000;
    await deliver(large);
    expect(told(seen).slice(4)).toEqual(['HEAD upload', 'POST upload', 'POST upload']);
  });

  it('is refused when nothing optional is left', async () => {
    const { seen, deliver } = setUp(over(10), { compression: 'never' });
    await expect(deliver(large)).rejects.toMatchObject({ code: 'PAYLOAD_REJECTED', status: 413 });
    expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });

  it('is sent as it is where only essential parts are over the limit of the client', async () => {
    const { deliver } = setUp(() => 200, { maxBody: 10 });
    expect(await deliver(small)).toMatchObject({ shed: [], bytes: JSON.stringify(small).length });
  });
});

describe('attempts', () => {
  it('are three at a failing upload host, then the API host has its own', async () => {
    let failures = 5;
    const { seen, deliver } = setUp(() => (failures-- > 0 ? 503 : 200));
    expect(await deliver(small)).toMatchObject({ host: 'api', failover: { host: 'upload', code: 'UNAVAILABLE' } });
    expect(told(seen)).toEqual([
      ...['POST upload', 'POST upload', 'POST upload'],
      ...['POST api', 'POST api', 'POST api'],
    ]);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
  });
});
