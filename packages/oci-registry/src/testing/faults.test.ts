import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../reference/digest.ts';
import { type Answer, ask, codeOf } from './ask.test-support.ts';
import { createRegistry } from './create-registry.ts';
import type { Fault, FaultRule } from './fault.ts';
import type { TestRegistry, TestRegistryOptions } from './test-registry.ts';
import { untilTestEnds } from './until-test-ends.test-support.ts';

const bytes = Buffer.alloc(100_000, 'x');
const digest = digestOf(bytes);
const path = `/v2/team/app/blobs/${digest}`;

async function faulty(rule: FaultRule, options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry({ faults: [rule], ...options }));
  registry.pushBlob('team/app', bytes);
  registry.pushManifest('team/app', '1', '{}', 'application/json');
  return registry;
}

const onBlob = (fault: Fault): FaultRule => ({ on: 'blob', fault });
const getBlob = (registry: TestRegistry, headers?: Record<string, string>): Promise<Answer> =>
  ask(registry, `GET ${path}`, headers === undefined ? {} : { headers });

/** The bytes of a body that came before it broke. */
async function received(registry: TestRegistry, headers: Record<string, string> = {}): Promise<number> {
  const { body } = await request(new URL(path, registry.url), { headers });
  let count = 0;
  try {
    for await (const chunk of body) count += (chunk as Uint8Array).length;
  } catch {
    return count;
  }
  return expect.fail('the body should have broken');
}

describe('faults of the body', () => {
  it('cut it after so many bytes, of a range too', async () => {
    const registry = await faulty(onBlob({ kind: 'cut', after: 70_000 }));
    expect(await received(registry)).toBe(70_000);
    expect(await received(registry, { range: 'bytes=20000-' })).toBe(70_000);
    expect(registry.requests.map(({ status, bytesSent, outcome }) => [status, bytesSent, outcome])).toEqual([
      [200, 70_000, 'closed'],
      [206, 70_000, 'closed'],
    ]);
  });

  it('cut it before its first byte, with the headers there', async () => {
    expect(await received(await faulty(onBlob({ kind: 'cut', after: 0 })))).toBe(0);
  });

  it('change one byte', async () => {
    const { body } = await getBlob(await faulty(onBlob({ kind: 'flip', at: 5 })));
    expect([...body].flatMap((byte, index) => (byte === bytes[index] ? [] : [index]))).toEqual([5]);
  });

  it.each([1, -1])('have a Content-Length that is wrong by %i', async (by) => {
    const registry = await faulty(onBlob({ kind: 'length', by }));
    const { headers, body } = await request(new URL(path, registry.url));
    expect(Number(headers['content-length'])).toBe(bytes.length + by);
    const reading = body.arrayBuffer();
    if (by > 0) await expect(reading).rejects.toThrow();
    else expect((await reading).byteLength).toBe(bytes.length - 1);
  });

  it.each([true, false])('make it larger, with chunked %s', async (chunked) => {
    const registry = await faulty({ on: 'manifest', fault: { kind: 'oversize', bytes: 5 << 20, chunked } });
    const answer = await ask(registry, 'GET /v2/team/app/manifests/1', { headers: { accept: '*/*' } });
    expect(answer.body).toHaveLength(5 << 20);
    expect(answer.headers['content-length']).toBe(chunked ? undefined : String(5 << 20));
  });

  it('stop it, or never end it, until the client leaves', async () => {
    const registry = await faulty(onBlob({ kind: 'stall', after: 10 }));
    const stalled = await request(new URL(path, registry.url));
    for await (const chunk of stalled.body) {
      expect(chunk).toHaveLength(10);
      break;
    }
    registry.clearFaults();
    registry.addFault(onBlob({ kind: 'endless' }));
    const endless = await request(new URL(path, registry.url));
    expect(endless.headers['content-length']).toBeUndefined();
    let count = 0;
    for await (const chunk of endless.body) {
      count += (chunk as Uint8Array).length;
      if (count > bytes.length * 20) break;
    }
    await registry.waitForRequest(({ fault, outcome }) => fault === 'endless' && outcome === 'closed');
  });

  it('send it slowly', async () => {
    const registry = await faulty(onBlob({ kind: 'slow', chunkBytes: 50_000, delay: 40 }));
    const before = performance.now();
    expect((await getBlob(registry)).body).toEqual(bytes);
    expect(performance.now() - before).toBeGreaterThan(35);
  });

  it('move a range, openly or not, and leave other answers alone', async () => {
    const distinct = Buffer.from('0123456789');
    const where = `/v2/team/app/blobs/${digestOf(distinct)}`;
    for (const [denied, contentRange, text] of [
      [false, 'bytes 5-7/10', '567'],
      [true, 'bytes 2-7/10', '567234'],
    ] as const) {
      const registry = await faulty(onBlob({ kind: 'range', shift: 3, denied }));
      registry.pushBlob('team/app', distinct);
      const { headers, body } = await ask(registry, `GET ${where}`, { headers: { range: 'bytes=2-7' } });
      expect([headers['content-range'], body.toString()]).toEqual([contentRange, text]);
      expect((await ask(registry, `GET ${where}`)).body).toEqual(distinct);
    }
  });
});

describe('faults instead of an answer', () => {
  it('end the connection, or send what is not HTTP', async () => {
    await expect(getBlob(await faulty(onBlob({ kind: 'reset' })))).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    await expect(getBlob(await faulty(onBlob({ kind: 'garbage' })))).rejects.toMatchObject({ code: /^HPE_/ });
  });

  it('give another status, with Retry-After and a code', async () => {
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
    for (const retryAfter of [7, date]) {
      const fault = { kind: 'status', status: 429, retryAfter, code: 'TOOMANYREQUESTS' } as const;
      const answer = await getBlob(await faulty(onBlob(fault)));
      expect([answer.status, answer.headers['retry-after'], codeOf(answer)]).toEqual([
        429,
        String(retryAfter),
        'TOOMANYREQUESTS',
      ]);
    }
  });

  it('do what was asked for before they fail, or not where it is undone', async () => {
    for (const undone of [false, true]) {
      const registry = await faulty({ on: 'manifest', fault: { kind: 'status', status: 500, undone } });
      const headers = { 'content-type': 'application/json' };
      await ask(registry, 'PUT /v2/team/app/manifests/2', { headers, body: '{}' });
      expect(registry.find('team/app', 'manifest', '2') === undefined).toBe(undone);
    }
  });

  it('end the token of the request, and no other', async () => {
    const auth = { type: 'bearer', anonymousPull: true } as const;
    const registry = await faulty({ on: 'blob', skip: 1, times: 1, fault: { kind: 'expire-token' } }, { auth });
    const tokenOf = async (): Promise<string> => {
      const query = new URLSearchParams({ service: registry.host, scope: 'repository:team/app:pull' });
      const { body } = await ask(registry, `GET /token?${query}`);
      return `Bearer ${(JSON.parse(body.toString()) as { token: string }).token}`;
    };
    const [one, other] = [await tokenOf(), await tokenOf()];
    const statuses: number[] = [];
    for (const authorization of [one, one, one, other])
      statuses.push((await getBlob(registry, { authorization })).status);
    expect(statuses).toEqual([200, 401, 401, 200]);
  });

  it('lead a list to itself', async () => {
    const registry = await faulty({ on: 'list', fault: { kind: 'loop' } });
    const { headers } = await ask(registry, 'GET /v2/team/app/tags/list?n=1');
    expect(headers.link).toBe('</v2/team/app/tags/list?n=1>; rel="next"');
  });
});

describe('redirects to storage', () => {
  it('lead to another origin, which serves the same', async () => {
    const registry = await faulty(onBlob({ kind: 'redirect' }));
    const { status, headers } = await getBlob(registry);
    expect([status, headers.location]).toEqual([307, registry.storageUrl + path]);
    expect((await ask(registry, `GET ${headers.location}`)).body).toEqual(bytes);
  });

  it('may be signed: good for so many requests and so long, then 403 with XML', async () => {
    let now = 0;
    const signed = { uses: 2, lifetime: 1000 };
    const registry = await faulty(onBlob({ kind: 'redirect', signed }), { now: () => now });
    const locationOf = async () => String((await getBlob(registry)).headers.location);
    const location = await locationOf();
    expect(location).toMatch(/\?X-Amz-Expires=1&X-Amz-Signature=[0-9a-f]{64}$/);
    const statusOf = async (url: string) => (await ask(registry, `GET ${url}`)).status;
    expect([await statusOf(location), await statusOf(location)]).toEqual([200, 200]);
    const refused = await ask(registry, `GET ${location}`);
    expect([refused.status, refused.headers['content-type']]).toEqual([403, 'application/xml']);
    const second = await locationOf();
    now = 1000;
    expect(await statusOf(second)).toBe(403);
    expect(await statusOf(`${registry.storageUrl}${path}?X-Amz-Signature=made-up`)).toBe(403);
  });
});

describe('faults of uploads', () => {
  it('drop the connection after so many bytes, which the upload keeps', async () => {
    const registry = await faulty({ on: 'upload', method: 'PATCH', times: 1, fault: { kind: 'drop', after: 40_000 } });
    const { headers } = await ask(registry, 'POST /v2/team/app/blobs/uploads/');
    await expect(ask(registry, `PATCH ${headers.location}`, { body: bytes })).rejects.toThrow();
    expect((await ask(registry, `GET ${headers.location}`)).headers.range).toBe('0-39999');
    expect(registry.requestsFor({ fault: 'drop' })).toMatchObject([
      { status: 0, bytesReceived: 40_000, outcome: 'closed' },
    ]);
  });

  it('may lose an upload as a whole', async () => {
    const fault = { kind: 'status', status: 404, code: 'BLOB_UPLOAD_UNKNOWN', undone: true } as const;
    const registry = await faulty({ on: 'upload', method: 'PUT', fault });
    const { headers } = await ask(registry, 'POST /v2/team/app/blobs/uploads/');
    const other = digestOf(Buffer.from('other'));
    const answer = await ask(registry, `PUT ${headers.location}&digest=${other}`, { body: 'other' });
    expect([codeOf(answer), registry.find('team/app', 'blob', other)]).toEqual(['BLOB_UPLOAD_UNKNOWN', undefined]);
  });
});

describe('the rules of faults', () => {
  const failing = { kind: 'status', status: 500 } as const;

  it('skip some, then fail so many', async () => {
    const registry = await faulty({ skip: 2, times: 2, fault: failing });
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) statuses.push((await getBlob(registry)).status);
    expect(statuses).toEqual([200, 200, 500, 500, 200, 200]);
  });

  it('hold for a kind, a reference, a method and for ranges', async () => {
    const statuses = async (rule: Partial<FaultRule>): Promise<number[]> => {
      const registry = await faulty({ ...rule, fault: failing });
      const accept = { accept: '*/*' };
      return [
        (await getBlob(registry)).status,
        (await getBlob(registry, { range: 'bytes=5-' })).status,
        (await ask(registry, `HEAD ${path}`)).status,
        (await ask(registry, 'GET /v2/team/app/manifests/1', { headers: accept })).status,
        (await ask(registry, 'GET /v2/')).status,
      ];
    };
    expect(await statuses({})).toEqual([500, 500, 500, 500, 500]);
    expect(await statuses({ on: 'blob' })).toEqual([500, 500, 500, 200, 200]);
    expect(await statuses({ reference: '1' })).toEqual([200, 206, 200, 500, 200]);
    expect(await statuses({ method: 'head' })).toEqual([200, 206, 500, 200, 200]);
    expect(await statuses({ range: true })).toEqual([200, 500, 200, 200, 200]);
    expect(await statuses({ on: 'blob', range: false })).toEqual([500, 206, 500, 200, 200]);
    expect(await statuses({ on: 'storage' })).toEqual([200, 206, 200, 200, 200]);
  });

  it('are asked in their order, and may decide for each request', async () => {
    const asked: string[] = [];
    const registry = await faulty({
      times: 1,
      fault: ({ kind, method, reference, range }) => {
        asked.push(`${kind} ${method} ${reference === digest} ${range}`);
        return range ? failing : undefined;
      },
    });
    registry.addFault({ fault: { kind: 'status', status: 418 } });
    expect((await getBlob(registry)).status).toBe(418);
    expect((await getBlob(registry, { range: 'bytes=1-' })).status).toBe(500);
    expect((await getBlob(registry, { range: 'bytes=1-' })).status).toBe(418);
    expect(asked).toEqual(['blob GET true false', 'blob GET true true']);
  });
});
