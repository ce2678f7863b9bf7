import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { RegistryClient } from '../registry/registry-client.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry } from '../testing.ts';
import { clientWith, ref, registryWith } from './pulling.test-support.ts';

describe('retries', () => {
  it.each([500, 502, 503, 504, 408, 429])('sends a request again after %i', async (status) => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', times: 2, fault: { kind: 'status', status } });
    const client = clientWith();
    await client.resolve(ref(registry));
    expect(client.slept).toEqual([500, 1000]);
  });

  it('sends a request again after the connection broke before an answer', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', times: 2, fault: { kind: 'reset' } });
    await clientWith().resolve(ref(registry));
    expect(registry.requests.map(({ outcome }) => outcome)).toEqual(['closed', 'closed', 'sent', 'sent']);
  });

  it('gives up after three, and says whether it may be tried later', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', fault: { kind: 'status', status: 503 } });
    const error = await failureOf(clientWith().resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', status: 503, retryable: true });
    expect(registry.requests).toHaveLength(3);
    registry.clearFaults();
    registry.addFault({ on: 'manifest', fault: { kind: 'reset' } });
    expect(await failureOf(clientWith().resolve(ref(registry)))).toMatchObject({ code: 'NETWORK', retryable: true });
    expect(registry.requests).toHaveLength(6);
  });

  it('waits as long as Retry-After says, and no attempt at all when that is too long', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'status', status: 429, retryAfter: 7 } });
    const client = clientWith();
    await client.resolve(ref(registry));
    expect(client.slept).toEqual([7000]);

    registry.addFault({ on: 'manifest', fault: { kind: 'status', status: 429, retryAfter: 3600 } });
    const error = await failureOf(client.resolve(ref(registry)));
    expect(error).toMatchObject({
      code: 'TOOMANYREQUESTS',
      retryable: true,
      retryAfter: 3_600_000,
      hint: expect.any(String),
    });
    expect(client.slept).toEqual([7000]);
  });

  it('does not repeat what will not change', async () => {
    const registry = await registryWith();
    for (const status of [400, 403, 404, 501]) {
      const before = registry.requests.length;
      registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'status', status } });
      expect((await failureOf(clientWith().resolve(ref(registry)))).retryable).toBe(false);
      expect(registry.requests.length).toBe(before + 1);
    }
  });

  it('stops sleeping when the signal aborts', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', fault: { kind: 'status', status: 503 } });
    const client = new RegistryClient({ retry: { baseDelay: 60_000, maxDelay: 60_000, random: () => 1 } });
    untilTestEnds(client);
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 50);
    await expect(client.resolve(ref(registry), { signal: controller.signal })).rejects.toBe('enough');
  });
});

describe('answers of a registry as errors', () => {
  it('keeps the codes of the distribution-spec, by body or by status', async () => {
    const registry = await registryWith();
    const client = clientWith();
    expect(await failureOf(client.resolve(`${registry.host}/team/app:2`))).toMatchObject({
      code: 'MANIFEST_UNKNOWN',
      status: 404,
    });
    expect(await failureOf(client.resolve(`${registry.host}/team/none:1`))).toMatchObject({ code: 'NAME_UNKNOWN' });
    const cases = [
      [404, '', 'MANIFEST_UNKNOWN'],
      [404, '<html>', 'MANIFEST_UNKNOWN'],
      [403, '', 'DENIED'],
      [400, '{"errors":[{"code":"TAG_INVALID"}]}', 'TAG_INVALID'],
      [400, '{"errors":[{"code":"SOMETHING_ELSE"}]}', 'RESPONSE_INVALID'],
      [406, '[]', 'UNSUPPORTED'],
      [418, '{"errors":null}', 'RESPONSE_INVALID'],
      [204, '', 'RESPONSE_INVALID'],
    ] as const;
    for (const [status, body, code] of cases) {
      registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'status', status, body } });
      expect((await failureOf(client.resolve(ref(registry)))).code, `${status} ${body}`).toBe(code);
    }
  });

  it('repeats what the registry says, but no signed URL and not for ever', async () => {
    const registry = await registryWith();
    const message = 'see https://s3.example/x?X-Amz-Signature=secret';
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message }] });
    registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'status', status: 403, body } });
    const error = await failureOf(clientWith().resolve(ref(registry)));
    expect(error.message).toBe(
      `[DENIED] GET ${registry.host}/v2/team/app/manifests/1: HTTP 403, see https://s3.example/x`,
    );
    registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'oversize', bytes: 10_000_000 } });
    registry.addFault({
      on: 'manifest',
      times: 1,
      fault: { kind: 'status', status: 400, body: 'x'.repeat(1_000_000) },
    });
    await failureOf(clientWith().resolve(ref(registry)));
    expect((await failureOf(clientWith().resolve(ref(registry)))).message.length).toBeLessThan(300);
  });
});

describe('connections that fail', () => {
  const noRetry = { retry: { tries: 1 } };

  it('says that nothing listens', async () => {
    const registry = await createRegistry();
    await registry.close();
    const error = await failureOf(clientWith(noRetry).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'NETWORK', retryable: true, hint: expect.stringContaining('registry runs') });
    expect(error.cause).toBeDefined();
  });

  it('says that a name does not resolve', async () => {
    const error = await failureOf(clientWith(noRetry).resolve('registry.invalid/app:1'));
    expect(error).toMatchObject({ code: 'NETWORK', hint: expect.stringContaining('spelling') });
  });

  it('gives up on a registry that accepts and says nothing, and on one that stops in the middle', async () => {
    const registry = await registryWith();
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const limits = { headersTimeout: 200, bodyTimeout: 200 };
    const client = clientWith({ ...noRetry, limits });
    expect(await failureOf(client.resolve(`127.0.0.1:${port}/app:1`))).toMatchObject({
      code: 'TIMEOUT',
      retryable: true,
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));

    registry.addFault({ on: 'blob', fault: { kind: 'stall', after: 10 } });
    expect((await failureOf(client.resolve(ref(registry)))).code).toBe('TIMEOUT');
  });

  it('rejects with the reason of its signal while the connection is still being made', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const controller = new AbortController();
    const client = clientWith({ loopbackHttp: false });
    const resolving = client.resolve(`127.0.0.1:${port}/app:1`, { signal: controller.signal });
    const [socket] = await accepted;
    controller.abort('enough');
    await expect(resolving).rejects.toBe('enough');
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('does not mind a slow body, as long as it comes', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'blob', times: 1, fault: { kind: 'slow', chunkBytes: 20, delay: 60 } });
    const client = clientWith({ limits: { bodyTimeout: 400 } });
    expect((await client.resolve(ref(registry))).layers).toHaveLength(1);
  });

  it('does not count the time in which the reader is slow', async () => {
    const registry = await registryWith();
    const layers = [{ tar: Buffer.alloc(20_000_000, 'x'), compression: 'none' }] as const;
    const { reference } = await registry.push('team/big', '1', { layers });
    const image = await clientWith({ limits: { bodyTimeout: 300 } }).resolve(reference);
    let length = 0;
    for await (const chunk of image.layers[0]?.open() ?? expect.fail()) {
      if (length === 0) await new Promise((resolve) => setTimeout(resolve, 1500));
      length += chunk.length;
    }
    expect(length).toBe(20_000_000);
  });

  it('says why a certificate is not trusted, and trusts a given authority', async () => {
    const registry = await registryWith({ tls: true });
    const error = await failureOf(clientWith({ loopbackHttp: false }).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'TLS', retryable: false, hint: expect.stringContaining('tls.ca') });
    expect(registry.requests).toHaveLength(0);
    await clientWith({ loopbackHttp: false, tls: { ca: registry.certificate } }).resolve(ref(registry));
    await clientWith({ loopbackHttp: false, tls: { rejectUnauthorized: false } }).resolve(ref(registry));
  });

  it('says that the certificate is for another host', async () => {
    const { selfSignedCertificate } = await import('../testing.ts');
    const tls = selfSignedCertificate(['registry.example']);
    const registry = await registryWith({ tls });
    const error = await failureOf(clientWith({ loopbackHttp: false, tls: { ca: tls.cert } }).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'TLS', message: expect.stringContaining('another host') });
  });

  it('says what to do when a registry has no TLS', async () => {
    const registry = await registryWith();
    const error = await failureOf(clientWith({ loopbackHttp: false }).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'TLS', hint: expect.stringContaining('insecureHttp') });
    await clientWith({ loopbackHttp: false, insecureHttp: [registry.host] }).resolve(ref(registry));
    await clientWith({ loopbackHttp: false, insecureHttp: (host) => host === registry.host }).resolve(ref(registry));
  });

  it('says that an answer is not HTTP', async () => {
    const registry = await registryWith({ tls: true });
    const error = await failureOf(clientWith(noRetry).resolve(ref(registry)));
    expect(['NETWORK', 'RESPONSE_INVALID']).toContain(error.code);
  });
});
