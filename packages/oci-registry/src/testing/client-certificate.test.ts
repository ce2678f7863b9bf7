import { X509Certificate } from 'node:crypto';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { createRegistry } from './create-registry.ts';
import { selfSignedCertificate, testCertificates } from './self-signed.ts';
import type { TestRegistry, TestRegistryOptions } from './test-registry.ts';
import { untilTestEnds } from './until-test-ends.test-support.ts';

async function statusAt(
  url: string,
  connect: { readonly ca?: string | undefined; readonly cert?: string; readonly key?: string },
): Promise<number> {
  const { ca, ...own } = connect;
  const agent = new Agent({ connect: { ...own, ...(ca !== undefined && { ca }) } });
  try {
    const { statusCode, body } = await request(new URL('/v2/', url), { dispatcher: agent });
    await body.dump();
    return statusCode;
  } finally {
    await agent.destroy();
  }
}

async function startRegistry(options: TestRegistryOptions): Promise<TestRegistry> {
  return untilTestEnds(await createRegistry(options));
}

describe('https', () => {
  it('is served with a certificate to trust', async () => {
    const registry = await startRegistry({ tls: true });
    expect(await statusAt(registry.url, { ca: registry.certificate })).toBe(200);
    await expect(statusAt(registry.url, {})).rejects.toThrow('self-signed');
    expect(registry.clientCertificate).toBeUndefined();
  });

  it('can demand a client certificate: the storage server only looks whether there is one', async () => {
    const registry = await startRegistry({ clientCertificate: true });
    const ca = registry.certificate;
    expect(await statusAt(registry.url, { ca, ...registry.clientCertificate })).toBe(200);
    await expect(statusAt(registry.url, { ca })).rejects.toThrow();
    await expect(statusAt(registry.url, { ca, ...selfSignedCertificate() })).rejects.toThrow();
    expect(await statusAt(registry.storageUrl, { ca })).toBe(200);
    expect(await statusAt(registry.storageUrl, { ca, ...registry.clientCertificate })).toBe(200);
    expect(registry.requests.map(({ server, clientCertificate }) => [server, clientCertificate])).toEqual([
      ['registry', true],
      ['storage', false],
      ['storage', true],
    ]);
  });

  it('can demand one with a server certificate that is given', async () => {
    const tls = selfSignedCertificate();
    const registry = await startRegistry({ tls, clientCertificate: true });
    expect(registry.certificate).toBe(tls.cert);
    expect(await statusAt(registry.url, { ca: tls.cert, ...registry.clientCertificate })).toBe(200);
  });
});

describe('test certificates', () => {
  it('are an authority, and a server and a client that it signed', () => {
    const { ca, server, client } = testCertificates(['registry.test', '192.0.2.7']);
    const authority = new X509Certificate(ca);
    const own = new X509Certificate(server.cert);
    expect(authority.ca).toBe(true);
    for (const certificate of [own, new X509Certificate(client.cert)]) {
      expect(certificate.ca).toBe(false);
      expect(certificate.checkIssued(authority)).toBe(true);
      expect(certificate.verify(authority.publicKey)).toBe(true);
    }
    expect(own.checkHost('registry.test')).toBe('registry.test');
    expect(own.checkIP('192.0.2.7')).toBe('192.0.2.7');
    expect(own.checkHost('other.test')).toBeUndefined();
  });
});
