import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import type { RegistryError } from '../error.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { blob, bytes, clientWith, methodsOf, push, registryWith, testSource } from './push-blob.test-support.ts';
import type { PushBlobOptions } from './push-options.ts';
import { startCuttingRelay } from './upload-relay.test-support.ts';

describe('an upload that fails', () => {
  it('goes on from what has arrived, after any cut', async () => {
    const registry = await registryWith();
    const relay = untilTestEnds(await startCuttingRelay(registry.host));
    for (const [after, times, chunkBytes] of [
      [50_000, 1, 1 << 20],
      [250_000, 1, 1 << 20],
      [50_000, 4, 100_000],
      [120_000, 2, 64_000],
      [299_999, 1, 1 << 20],
    ] as const) {
      registry.deleteBlob('team/app', blob.digest);
      relay.cut(after, times);
      const { open, seen } = testSource();
      const outcome = await clientWith().pushBlob(`${relay.host}/team/app`, blob, open, { chunkBytes });
      expect(outcome).toBe('copied');
      expect(registry.find('team/app', 'blob', blob.digest)?.bytes).toEqual(bytes);
      expect(seen.open).toBe(0);
      expect(registry.pendingUploads).toBe(0);
    }
    expect(relay.cuts).toBeGreaterThanOrEqual(9);
    const sent = registry.requests.filter(({ method }) => method === 'PATCH');
    expect(sent.some(({ headers }) => !String(headers['content-range']).startsWith('0-'))).toBe(true);
  });

  it('ends with the whole blob there or with an error, wherever it is cut', async () => {
    const registry = await registryWith();
    const relay = untilTestEnds(await startCuttingRelay(registry.host));
    const client = clientWith();
    const cut = fc.record({
      after: fc.integer({ min: 1, max: 310_000 }),
      times: fc.integer({ min: 1, max: 8 }),
      chunkBytes: fc.integer({ min: 20_000, max: 400_000 }),
    });
    await fc.assert(
      fc.asyncProperty(cut, async ({ after, times, chunkBytes }) => {
        registry.deleteBlob('team/app', blob.digest);
        relay.cut(after, times);
        const { open, seen } = testSource();
        try {
          await client.pushBlob(`${relay.host}/team/app`, blob, open, { chunkBytes });
          expect(registry.find('team/app', 'blob', blob.digest)?.bytes).toEqual(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(?:NETWORK|BLOB_UPLOAD_\w+|TIMEOUT)$/) });
        }
        expect(seen.open).toBe(0);
      }),
      { numRuns: 40 },
    );
  }, 30_000);

  it('goes on where the registry took a piece and did not say so', async () => {
    const registry = await registryWith();
    const { open } = testSource();
    // POST, then two answers that get lost.
    registry.addFault({ on: 'upload', times: 1, fault: { kind: 'headers', headers: {} } });
    registry.addFault({ on: 'upload', times: 2, fault: { kind: 'status', status: 503 } });
    const options: PushBlobOptions = { chunkBytes: 100_000 };
    expect(await clientWith().pushBlob(`${registry.host}/team/app`, blob, open, options)).toBe('copied');
    expect(registry.find('team/app', 'blob', blob.digest)?.bytes).toEqual(bytes);
  });

  it('begins anew where the registry has lost it, a few times', async () => {
    const registry = await registryWith();
    const lost = { kind: 'status', status: 404, body: '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}' } as const;
    registry.addFault({ on: 'upload', times: 1, fault: { kind: 'headers', headers: {} } });
    registry.addFault({ on: 'upload', times: 1, fault: lost });
    expect((await push(registry)).stored).toEqual(bytes);
    expect(registry.pendingUploads).toBe(0);
    registry.deleteBlob('team/app', blob.digest);
    registry.addFault({
      on: 'upload',
      fault: { kind: 'status', status: 400, body: '{"errors":[{"code":"DIGEST_INVALID"}]}' },
    });
    const before = registry.requests.length;
    expect(await failureOf(push(registry))).toMatchObject({ code: 'DIGEST_INVALID', status: 400 });
    expect(registry.requests.length - before).toBeLessThan(16);
  });

  it('has succeeded where only the answer to its end was lost', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'upload', times: 1, fault: { kind: 'headers', headers: {} } });
    registry.addFault({ on: 'upload', times: 1, fault: { kind: 'reset' } });
    const { stored, outcome } = await push(registry);
    expect([outcome, stored]).toEqual(['copied', bytes]);
    expect(methodsOf(registry).filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it('goes in one request to registries that know no pieces', async () => {
    const registry = await registryWith();
    const unsupported = { kind: 'status', status: 405, body: '{"errors":[{"code":"UNSUPPORTED"}]}' } as const;
    registry.addFault({ on: 'upload', times: 1, fault: { kind: 'headers', headers: {} } });
    registry.addFault({ on: 'upload', times: 1, fault: unsupported });
    expect((await push(registry, { chunkBytes: 100_000 })).stored).toEqual(bytes);
    expect(methodsOf(registry)).toEqual([
      'HEAD 404',
      'POST 202',
      'PATCH 405',
      'DELETE 204',
      'HEAD 404',
      'POST 202',
      'PUT 201',
    ]);
  });

  it('is given up where a registry takes pieces and keeps none', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'upload', fault: { kind: 'headers', headers: { range: '0-0' } } });
    const error = await failureOf(push(registry, { chunkBytes: 100_000 }));
    expect(error.code).toMatch(/^BLOB_UPLOAD_/);
    expect(registry.requests.length).toBeLessThan(60);
    expect(registry.pendingUploads).toBe(0);
  });

  it('is given up where a registry says that it has more than there is', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'upload', fault: { kind: 'headers', headers: { range: '0-999999999' } } });
    expect(await failureOf(push(registry, { chunkBytes: 100_000 }))).toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
  });

  it('is deleted, and whoever asked is told where it cannot be', async () => {
    const registry = await registryWith();
    const other = Buffer.from(bytes);
    other[299_999] = (other[299_999] ?? 0) ^ 1;
    const from = testSource(other);
    const error = await failureOf(push(registry, {}, from));
    expect(error).toMatchObject({ code: 'DIGEST_INVALID' });
    expect(error.status).toBeUndefined();
    expect(registry.pendingUploads).toBe(0);
    expect(registry.find('team/app', 'blob', blob.digest)).toBeUndefined();
    const problems: RegistryError[] = [];
    registry.addFault({ on: 'upload', times: 1, fault: { kind: 'headers', headers: {} } });
    registry.addFault({ on: 'upload', fault: { kind: 'status', status: 403 } });
    expect(await failureOf(push(registry, { onProblem: (problem) => problems.push(problem) }, from))).toMatchObject({
      code: expect.stringMatching(/DIGEST_INVALID|DENIED/),
    });
    expect(problems).toMatchObject([{ code: 'BLOB_UPLOAD_INVALID', cause: { code: 'DENIED' } }]);
  });

  it('never gives the registry the whole of a content that is not what it should be', async () => {
    const registry = await registryWith();
    const other = Buffer.concat([bytes.subarray(0, 290_000), Buffer.alloc(10_000)]);
    for (const chunkBytes of [1 << 20, 100_000]) {
      await failureOf(push(registry, { chunkBytes }, testSource(other)));
    }
    expect(methodsOf(registry).filter((line) => line === 'PUT 201')).toEqual([]);
  });

  it('ends with the reason of the signal, with nothing left open here or there', async () => {
    const registry = await registryWith();
    for (const chunkBytes of [1 << 20, 100_000]) {
      const abort = new AbortController();
      const reason = new Error('enough');
      const from = testSource();
      let chunks = 0;
      const open = () =>
        (async function* () {
          for await (const chunk of from.open()) {
            if (++chunks === 20) abort.abort(reason);
            yield chunk;
          }
        })();
      const { signal } = abort;
      const work = clientWith().pushBlob(`${registry.host}/team/app`, blob, open, { chunkBytes, signal });
      expect(await failureOf(work)).toBe(reason);
      expect(from.seen.open).toBe(0);
      expect(registry.pendingUploads).toBe(0);
    }
  });

  it('gives no credential to another origin that a Location leads to', async () => {
    const registry = await registryWith({ auth: { type: 'basic', username: 'u', password: 'p' } });
    const other = await registryWith();
    const keychain = staticKeychain({ [registry.host]: { username: 'u', password: 'p' } });
    const location = `${other.url}/v2/team/app/blobs/uploads/1234?_state=x&signature=s3cret`;
    registry.addFault({ on: 'upload', fault: { kind: 'headers', headers: { location } } });
    const { open } = testSource();
    const error = await failureOf(clientWith({ keychain }).pushBlob(`${registry.host}/team/app`, blob, open));
    expect(other.requests.map(({ method, query }) => [method, query])).toContainEqual([
      'PUT',
      `?_state=x&signature=s3cret&digest=${encodeURIComponent(blob.digest)}`,
    ]);
    expect(other.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain('s3cret');
  });

  const locations: [string, string | undefined][] = [
    ['none', ''],
    ['no URL', 'http://['],
    ['another scheme', 'file:///etc/passwd'],
    ['a user', 'http://u:secret@127.0.0.1/'],
  ];
  it.each(locations)('is an error where the Location has %s', async (_, location) => {
    const registry = await registryWith();
    registry.addFault({ on: 'upload', fault: { kind: 'headers', headers: { location: location ?? '' } } });
    const error = await failureOf(push(registry));
    expect(error.code).toMatch(/RESPONSE_INVALID|UPLOAD|UNSUPPORTED/);
    expect(error.message).not.toContain('secret');
  });
});
