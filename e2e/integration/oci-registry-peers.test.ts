import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chainKeychains,
  type Image,
  RegistryClient,
  type RegistryClientOptions,
  staticKeychain,
} from '@falcon-iar/oci-registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { freePort } from '../support/loopback-port.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { type PrivateAuthority, privateAuthority } from '../support/private-authority.ts';
import { pushImage } from '../support/pushed-image.ts';
import { canRun } from '../support/required-tools.ts';
import { type SmallImage, writeSmallImage } from '../support/small-image.ts';
import { startTinyproxy } from '../support/tinyproxy.ts';
import { startTokenServer, type TokenServer } from '../support/token-server.ts';

const tools = ['docker-registry', 'skopeo', 'nginx', 'openssl', 'perl', 'tinyproxy', 'unshare'] as const;
const runs = canRun('the registry client against real peers', tools, { root: true });
const user = { name: 'alice', password: 'correct-horse' };
const noWait = { retry: { sleep: () => Promise.resolve() } } as const satisfies RegistryClientOptions;

describe.runIf(runs)('the registry client', () => {
  let scratch: string;
  let small: SmallImage;
  let large: SmallImage;
  let plain: DockerRegistry;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-peers-'));
    small = await writeSmallImage(join(scratch, 'small'), { 'etc/hello': 'hello' });
    const noise = randomBytes(24 * 1024 * 1024).toString('latin1');
    large = await writeSmallImage(join(scratch, 'large'), { noise });
    plain = await startDockerRegistry();
    await pushImage(small.layout, { reference: `${plain.host}/team/small:1` });
    await pushImage(large.layout, { reference: `${plain.host}/team/large:1` });
  });

  afterAll(async () => {
    await plain?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  describe('with a token server', () => {
    let tokens: TokenServer;
    let registry: DockerRegistry;
    const keychainOf = (password: string) =>
      staticKeychain({ [registry.host]: { username: user.name, password, source: 'the test' } });

    beforeAll(async () => {
      tokens = await startTokenServer({ user, identityToken: 'refresh-me' });
      registry = await startDockerRegistry({ tokens });
      await pushImage(small.layout, { reference: `${registry.host}/team/small:1`, user });
    });

    afterAll(async () => {
      await registry?.close();
      await tokens?.[Symbol.asyncDispose]();
    });

    it('pulls with a user name and password, and asks for one token only', async () => {
      await using client = new RegistryClient({ keychain: keychainOf(user.password) });
      const before = tokens.asked.length;
      const image = await client.resolve(`${registry.host}/team/small:1`);
      expect(image.digest).toBe(small.manifestDigest);
      await readAll(image);
      expect(tokens.asked.slice(before)).toEqual([`GET alice repository:team/small:pull`]);
    });

    it('pulls with an identity token', async () => {
      const keychain = staticKeychain({ [registry.host]: { identityToken: 'refresh-me' } });
      await using client = new RegistryClient({ keychain });
      const before = tokens.asked.length;
      await readAll(await client.resolve(`${registry.host}/team/small:1`));
      expect(tokens.asked.slice(before)).toEqual([`POST alice repository:team/small:pull`]);
    });

    it('goes on to the next credential where one is refused, and names them where all are', async () => {
      const wrong = keychainOf('wrong');
      await using client = new RegistryClient({
        ...noWait,
        keychain: chainKeychains(wrong, keychainOf(user.password)),
      });
      expect((await client.resolve(`${registry.host}/team/small:1`)).digest).toBe(small.manifestDigest);
      const refused = client.resolve(`${registry.host}/team/small:1`, { keychain: wrong });
      await expect(refused).rejects.toMatchObject({ code: 'UNAUTHORIZED', hint: expect.stringContaining('the test') });
    });
  });

  describe('behind nginx, with TLS by a private authority', () => {
    let authority: PrivateAuthority;
    let nginx: Nginx;
    let ports: Record<'direct' | 'redirects' | 'storage' | 'limited' | 'slow' | 'mutual', number>;
    const trusting = (options: RegistryClientOptions = {}): RegistryClient =>
      new RegistryClient({ loopbackHttp: false, tls: { ca: authority.certificate }, ...options });

    beforeAll(async () => {
      authority = await privateAuthority(join(scratch, 'authority'));
      const { certFile, keyFile } = await authority.issue('registry.test', 'localhost', '127.0.0.1');
      const names = ['direct', 'redirects', 'storage', 'limited', 'slow', 'mutual'] as const;
      const free = await Promise.all(names.map(() => freePort()));
      ports = Object.fromEntries(names.map((name, index) => [name, free[index]])) as typeof ports;
      const pass = `proxy_pass http://${plain.host}; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto https;`;
      const server = (name: keyof typeof ports, locations: string): string =>
        `server { listen 127.0.0.1:${ports[name]} ssl; ssl_certificate ${certFile}; ssl_certificate_key ${keyFile}; ${locations} }`;
      const signed = 'signature=secret-of-storage';
      nginx = await startNginx({
        port: ports.mutual,
        http: [
          'limit_req_zone $server_port zone=limited:1m rate=5r/s;',
          server('direct', `location / { ${pass} }`),
          server(
            'redirects',
            `location / { ${pass} }
             location ~ /blobs/sha256: { return 307 https://127.0.0.1:${ports.storage}$uri?${signed}; }`,
          ),
          // As signed URLs of object stores are: whoever sends an Authorization besides is refused.
          server(
            'storage',
            `location / {
               if ($args != "${signed}") { return 403; }
               if ($http_authorization) { return 400; }
               rewrite ^ $uri? break; ${pass}
             }`,
          ),
          server(
            'limited',
            `limit_req zone=limited; limit_req_status 429; error_page 429 = @wait; location / { ${pass} }
             location @wait { add_header Retry-After 1 always; return 429; }`,
          ),
          server('slow', `location / { limit_rate 4m; ${pass} }`),
          server(
            'mutual',
            `ssl_client_certificate ${authority.certificateFile}; ssl_verify_client on; location / { ${pass} }`,
          ),
        ].join('\n'),
      });
    });

    afterAll(async () => {
      await nginx?.[Symbol.asyncDispose]();
    });

    it('trusts the authority it is given, and says what is wrong where it is given none', async () => {
      await using client = trusting();
      await readAll(await client.resolve(`127.0.0.1:${ports.direct}/team/small:1`));
      await using wary = new RegistryClient({ loopbackHttp: false });
      await expect(wary.resolve(`127.0.0.1:${ports.direct}/team/small:1`)).rejects.toMatchObject({ code: 'TLS' });
      await using careless = new RegistryClient({ loopbackHttp: false, tls: { rejectUnauthorized: false } });
      expect((await careless.resolve(`127.0.0.1:${ports.direct}/team/small:1`)).digest).toBe(small.manifestDigest);
    });

    it('shows its certificate to a registry that asks for one', async () => {
      const { cert, key } = await authority.issue('client');
      const reference = `127.0.0.1:${ports.mutual}/team/small:1`;
      await using known = trusting({ tls: { ca: authority.certificate, cert, key } });
      await readAll(await known.resolve(reference));
      await using unknown = trusting();
      await expect(unknown.resolve(reference)).rejects.toMatchObject({ name: 'RegistryError' });
    });

    it('follows redirects to storage on another origin without its credential', async () => {
      const host = `127.0.0.1:${ports.redirects}`;
      // Sent to the registry unasked: the registry itself lets everybody in.
      const headers = { authorization: 'Bearer of-the-registry' };
      await using client = trusting({
        hosts: {
          hostsFor: ({ registry, repository }) => {
            const capabilities = new Set(['pull', 'resolve'] as const);
            return Promise.resolve([
              { api: new URL(`https://${registry}/v2/`), registry, repository, capabilities, headers },
            ]);
          },
        },
      });
      await readAll(await client.resolve(`${host}/team/small:1`));
      const log = await nginx.log();
      const blobs = log.filter((line) => line.startsWith(`${ports.redirects} GET`) && line.includes('/blobs/'));
      expect(blobs.length).toBeGreaterThan(0);
      expect(blobs.every((line) => line.includes('307 authorized'))).toBe(true);
      const stored = log.filter((line) => line.startsWith(`${ports.storage} `));
      expect(stored).toHaveLength(blobs.length);
      expect(stored.every((line) => line.includes('200 anonymous'))).toBe(true);
    });

    it('waits as long as a registry that limits its rate asks', async () => {
      await using client = trusting({ retry: { tries: 10 } });
      const resolved = Array.from({ length: 4 }, () => client.resolve(`127.0.0.1:${ports.limited}/team/small:1`));
      const images = await Promise.all(resolved);
      expect(new Set(images.map(({ digest }) => digest))).toEqual(new Set([small.manifestDigest]));
      const refused = (await nginx.log()).filter((line) => line.startsWith(`${ports.limited} GET 429`));
      expect(refused.length).toBeGreaterThan(0);
    }, 60_000);

    it('goes on where it was when the registry ends in the middle of a layer and comes back', async () => {
      await using client = trusting({ retry: { tries: 8 } });
      const image = await client.resolve(`127.0.0.1:${ports.slow}/team/large:1`);
      let bytes = 0;
      let isRestarted = false;
      for await (const chunk of image.layers[0]?.open() ?? []) {
        bytes += chunk.length;
        if (isRestarted || bytes < 4_000_000) continue;
        isRestarted = true;
        await nginx.kill();
        await nginx.start();
      }
      expect(bytes).toBe(image.layers[0]?.size);
      const asked = (await nginx.log()).filter(
        (line) => line.includes(`${ports.slow} GET`) && line.includes('/blobs/'),
      );
      expect(asked.map((line) => line.split(' ')[2])).toContain('206');
    }, 60_000);

    it('goes through a proxy by CONNECT, and past it where NO_PROXY says so', async () => {
      await using proxy = await startTinyproxy({ names: ['registry.test'], user });
      const { host } = new URL(proxy.url);
      const https = `http://${user.name}:${encodeURIComponent(user.password)}@${host}`;
      await using client = trusting({ proxy: { https } });
      await readAll(await client.resolve(`registry.test:${ports.direct}/team/small:1`));
      expect(await proxy.asked()).toContain(`CONNECT registry.test:${ports.direct}`);

      await using stranger = trusting({ ...noWait, proxy: { https: proxy.url } });
      const refused = stranger.resolve(`registry.test:${ports.direct}/team/small:1`);
      await expect(refused).rejects.toMatchObject({ code: 'PROXY', status: 407 });

      // Only the proxy knows the name.
      await using direct = trusting({ ...noWait, proxy: { https, no: '.test' } });
      const unresolved = direct.resolve(`registry.test:${ports.direct}/team/small:1`);
      await expect(unresolved).rejects.toMatchObject({ code: 'NETWORK' });
    });
  });

  it('asks a registry with plain http through a proxy with the whole URL', async () => {
    await using proxy = await startTinyproxy({ names: ['registry.test'] });
    const [, port] = plain.host.split(':');
    const registry = `registry.test:${port}`;
    await using client = new RegistryClient({ insecureHttp: [registry], proxy: { http: proxy.url } });
    await readAll(await client.resolve(`${registry}/team/small:1`));
    expect(await proxy.asked()).toContain(`GET http://${registry}/v2/team/small/manifests/1`);
  });
});

async function readAll(image: Image): Promise<void> {
  for (const layer of image.layers) {
    let bytes = 0;
    for await (const chunk of layer.open()) bytes += chunk.length;
    expect(bytes).toBe(layer.size);
  }
}
