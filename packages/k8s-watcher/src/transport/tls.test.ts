import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClusterTransport } from './create-cluster-transport.ts';
import { kubeconfigTransport } from './kubeconfig-transport.ts';

const program = 'openssl';
const hasOpenssl = spawnSync(program, ['version']).status === 0;

describe.skipIf(!hasOpenssl)('a transport over TLS', () => {
  let directory: string;
  let server: Server;
  let baseUrl: string;
  let cert: string;
  let key: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tls-'));
    const files = ['-keyout', join(directory, 'key.pem'), '-out', join(directory, 'cert.pem')];
    const subject = ['-subj', '/CN=tester', '-addext', 'subjectAltName=DNS:kubernetes'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync(program, ['req', '-x509', '-nodes', '-days', '2', ...curve, ...files, ...subject], {
      stdio: 'ignore',
    });
    [cert, key] = (await Promise.all(
      ['cert.pem', 'key.pem'].map((name) => readFile(join(directory, name), 'utf8')),
    )) as [string, string];
    const options = { cert, key, ca: cert, requestCert: true, rejectUnauthorized: false };
    server = createServer(options, (request, response) => {
      const socket = request.socket as TLSSocket;
      response.end(JSON.stringify({ user: socket.authorized ? socket.getPeerCertificate().subject.CN : null }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await rm(directory, { recursive: true });
  });

  it('trusts the given authority only, for the given name, and shows its certificate', async () => {
    await using good = createClusterTransport({
      baseUrl,
      ca: cert,
      serverName: 'kubernetes',
      clientCert: { cert, key },
    });
    expect(await good.getJson('/version')).toEqual({ user: 'tester' });
    await using untrusting = createClusterTransport({ baseUrl, serverName: 'kubernetes' });
    const failure = { code: 'NETWORK', hint: expect.stringContaining('`ca`') };
    await expect(untrusting.getJson('/version')).rejects.toMatchObject(failure);
    await using otherName = createClusterTransport({ baseUrl, ca: cert });
    await expect(otherName.getJson('/version')).rejects.toMatchObject(failure);
    await using careless = createClusterTransport({ baseUrl, insecureSkipTlsVerify: true });
    expect(await careless.getJson('/version')).toEqual({ user: null });
  });

  it('takes all of it from a kubeconfig', async () => {
    const config = (cluster: object, user: object): string =>
      JSON.stringify({
        'current-context': 'x',
        contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
        clusters: [{ name: 'x', cluster: { server: baseUrl, ...cluster } }],
        users: [{ name: 'x', user }],
      });
    const strict = { 'certificate-authority-data': btoa(cert), 'tls-server-name': 'kubernetes' };
    const user = { 'client-certificate': join(directory, 'cert.pem'), 'client-key-data': btoa(key) };
    await using transport = await kubeconfigTransport({ text: config(strict, user) });
    expect(await transport.getJson('/version')).toEqual({ user: 'tester' });
    const loose = { 'insecure-skip-tls-verify': true };
    await using careless = await kubeconfigTransport({ text: config(loose, { username: 'a', password: 'b' }) });
    expect(await careless.getJson('/version')).toEqual({ user: null });
  });
});
