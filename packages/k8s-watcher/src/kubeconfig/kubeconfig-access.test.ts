import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KubeconfigOptions, kubeconfigTransport } from '../transport/kubeconfig-transport.ts';

let server: Server;
let url: string;
let directory: string;
/** Of the last request: header lines of identity, names in lower case, UTF-8. */
let identity: string[];
/** Authorization values to answer with 401. */
let refused: string[];

beforeEach(async () => {
  refused = [];
  directory = await mkdtemp(join(tmpdir(), 'access-'));
  server = createServer(({ rawHeaders, headers }, response) => {
    const lines = Array.from({ length: rawHeaders.length / 2 }, (_, index) => {
      const value = Buffer.from(rawHeaders[index * 2 + 1]!, 'latin1').toString('utf8');
      return `${rawHeaders[index * 2]!.toLowerCase()}: ${value}`;
    });
    identity = lines.filter((line) => /^(?:authorization|impersonate)/.test(line)).sort();
    response.writeHead(refused.includes(headers.authorization ?? '') ? 401 : 200).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await rm(directory, { recursive: true });
});

function kubeconfig(user: object, cluster: object = {}): string {
  return JSON.stringify({
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
    clusters: [{ name: 'x', cluster: { server: url, ...cluster } }],
    users: [{ name: 'x', user }],
  });
}

/** What a request of this kubeconfig shows of who it is. */
async function identityOf(options: KubeconfigOptions): Promise<string[]> {
  await using transport = await kubeconfigTransport(options);
  await transport.getJson('/version');
  return identity;
}

async function write(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

/** A plugin that prints what the function gives, run by this Node. */
async function plugin(body: string): Promise<object> {
  const path = await write('plugin.mjs', `console.log(JSON.stringify((() => { ${body} })()));`);
  return { apiVersion: 'client.authentication.k8s.io/v1beta1', command: process.execPath, args: [path] };
}

describe('the identity a kubeconfig gives', { timeout: 30_000 }, () => {
  it.each<[string, object, string[]]>([
    ['nothing', {}, []],
    ['a token', { token: 't' }, ['authorization: Bearer t']],
    ['empty fields', { token: '', username: null, 'as-groups': [] }, []],
    [
      'a name and password',
      { username: 'José', password: 'p:q' },
      [`authorization: Basic ${Buffer.from('José:p:q').toString('base64')}`],
    ],
    ['a token before a plugin', { token: 't', exec: { command: '/not/there' } }, ['authorization: Bearer t']],
    ['a key without certificate', { 'client-key-data': 'QQ==' }, []],
    [
      'impersonation',
      { as: 'José', 'as-uid': 'u', 'as-groups': ['g1', 'g2'], 'as-user-extra': { 'a(b/c%': ['v1', 'v2'], none: [] } },
      [
        'impersonate-extra-a%28b%2fc%25: v1',
        'impersonate-extra-a%28b%2fc%25: v2',
        'impersonate-group: g1',
        'impersonate-group: g2',
        'impersonate-uid: u',
        'impersonate-user: José',
      ],
    ],
  ])('is that of %s', async (_name, user, expected) => {
    expect(await identityOf({ text: kubeconfig(user) })).toEqual(expected);
  });

  it('reads a token file again, from beside the kubeconfig', async () => {
    await mkdir(join(directory, 'inner'));
    await write('inner/token', 'one\n');
    const path = await write('config', kubeconfig({ tokenFile: 'inner/token', token: 'spare' }));
    let now = 0;
    await using transport = await kubeconfigTransport({ path, now: () => now });
    await transport.getJson('/version');
    expect(identity).toEqual(['authorization: Bearer one']);
    await write('inner/token', 'two\n');
    now += 60_000;
    await transport.getJson('/version');
    expect(identity).toEqual(['authorization: Bearer two']);
    await write('inner/token', 'three\n');
    refused = ['Bearer two'];
    await transport.getJson('/version');
    expect(identity).toEqual(['authorization: Bearer three']);
    await rm(join(directory, 'inner/token'));
    now += 60_000;
    await transport.getJson('/version');
    expect(identity).toEqual(['authorization: Bearer spare']);
    const signal = AbortSignal.abort('reason');
    await expect(transport.getJson('/version', { signal })).rejects.toBe('reason');
    const alone = kubeconfigTransport({ text: kubeconfig({ tokenFile: join(directory, 'inner/token') }) });
    await expect(alone).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
  });

  it('merges files as kubectl does with KUBECONFIG', async () => {
    const first = await write('first', 'users: [{name: x, user: {as: me, tokenFile: token}}]');
    await mkdir(join(directory, 'other'));
    await write('token', 'beside-first');
    const second = await write('other/second', kubeconfig({ token: 'second' }));
    const missing = join(directory, 'missing');
    expect(await identityOf({ paths: ['', missing, first, second, first] })).toEqual([
      'authorization: Bearer beside-first',
      'impersonate-user: me',
    ]);
    expect(await identityOf({ paths: [second, first] })).toEqual(['authorization: Bearer second']);
    const broken = await write('broken', 'a: [');
    await expect(kubeconfigTransport({ paths: [second, broken] })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    const isDirectory = kubeconfigTransport({ paths: [second, directory] });
    await expect(isDirectory).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
    await expect(kubeconfigTransport({ paths: [missing] })).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
    await expect(kubeconfigTransport({ paths: [''] })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    const twice = kubeconfigTransport({ path: first, paths: [first] });
    await expect(twice).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });

  it('gives up on an abort, with its reason', async () => {
    const path = await write('config', kubeconfig({ token: 't' }));
    const signal = AbortSignal.abort('reason');
    for (const options of [{ path }, { paths: [path] }, { text: kubeconfig({}) }]) {
      await expect(kubeconfigTransport({ ...options, signal })).rejects.toBe('reason');
    }
  });

  it('limits the files it reads', async () => {
    const path = await write('large', 'x'.repeat(1024 * 1024 + 1));
    await expect(kubeconfigTransport({ path })).rejects.toThrow('more than 1048576 bytes');
    await expect(kubeconfigTransport({ path: '/dev/zero' })).rejects.toThrow('more than 1048576 bytes');
    const text = kubeconfig({}, { 'certificate-authority': path });
    await expect(kubeconfigTransport({ text })).rejects.toThrow('more than 1048576 bytes');
  });
});

describe('an exec plugin', { timeout: 30_000 }, () => {
  it('gets the given variables, those of the kubeconfig, and what kubectl tells it', async () => {
    const exec = await plugin(`
      const { FROM, OWN, HOME, KUBERNETES_EXEC_INFO } = process.env;
      const { kind, apiVersion, spec } = JSON.parse(KUBERNETES_EXEC_INFO);
      const seen = [FROM, OWN, HOME ?? 'none', kind, apiVersion, spec.interactive, spec.cluster.config.a, spec.cluster.server];
      return { status: { token: seen.join('|') } };`);
    const extensions = [{ name: 'other' }, { name: 'client.authentication.k8s.io/exec', extension: { a: 1 } }];
    const own = { env: [{ name: 'OWN', value: 'own' }], provideClusterInfo: true };
    const text = kubeconfig({ exec: { ...exec, ...own } }, { extensions });
    expect(await identityOf({ text, environment: { FROM: 'given', OWN: 'lost' } })).toEqual([
      `authorization: Bearer given|own|none|ExecCredential|client.authentication.k8s.io/v1beta1|false|1|${url}`,
    ]);
  });

  it('is refused an extension that contains itself', async () => {
    const exec = `{command: a, provideClusterInfo: true}`;
    const extensions = '[{name: client.authentication.k8s.io/exec, extension: &e {e: *e}}]';
    const text = `
      contexts: [{name: x, context: {cluster: x, user: x}}]
      clusters: [{name: x, cluster: {server: "${url}", extensions: ${extensions}}}]
      users: [{name: x, user: {exec: ${exec}}}]`;
    const transport = kubeconfigTransport({ text, context: 'x', environment: {} });
    await expect(transport).rejects.toThrow('contains itself');
  });

  it('inherits the variables of this process where none are given, and no others', async () => {
    const exec = await plugin(`return { status: { token: process.env.PATH === undefined ? 'none' : 'inherited' } };`);
    expect(await identityOf({ text: kubeconfig({ exec }) })).toEqual(['authorization: Bearer inherited']);
    const more = kubeconfig({ exec: { ...exec, env: [{ name: 'KEY', value: 'secret' }] } });
    const hint = expect.stringContaining('`environment`');
    await expect(kubeconfigTransport({ text: more })).rejects.toMatchObject({ code: 'OPTIONS_INVALID', hint });
  });

  it('runs again when its token expires, not before', async () => {
    const exec = await plugin(`
      return { status: { token: 't' + process.hrtime.bigint(), expirationTimestamp: '1970-01-01T00:01:00Z' } };`);
    let now = 0;
    await using transport = await kubeconfigTransport({ text: kubeconfig({ exec }), now: () => now });
    const tokens: string[] = [];
    for (const time of [0, 59_999, 60_000]) {
      now = time;
      await transport.getJson('/version');
      tokens.push(identity[0]!);
    }
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[0]);
  });

  it('is found beside the kubeconfig when its command has a slash', async () => {
    await mkdir(join(directory, 'bin'));
    const script = `#!${process.execPath}\nconsole.log('{"status":{"token":"beside"}}');\n`;
    await chmod(await write('bin/plugin', script), 0o755);
    const path = await write('config', kubeconfig({ exec: { command: './bin/plugin' } }));
    expect(await identityOf({ path })).toEqual(['authorization: Bearer beside']);
  });

  it.each<[string, string, string]>([
    ['prints no JSON', `process.stdout.write('a-secret'); process.exit(0)`, 'it gave no token'],
    ['prints null', `process.stdout.write('null'); process.exit(0)`, 'it gave no token'],
    ['gives two lines for a token', `return { status: { token: 'a-secret\\nb' } }`, 'it gave no token'],
    ['fails', `console.error('a-secret'); process.exit(3)`, 'exit code 3'],
    ['prints without end', `process.stdout.write('a-secret'.repeat(300_000))`, 'it printed more than'],
  ])('that %s is told without its output', async (_name, body, message) => {
    const error = await identityOf({ text: kubeconfig({ exec: await plugin(body) }) }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNREADABLE', message: expect.stringContaining(message) });
    expect(JSON.stringify(error) + String((error as Error).cause)).not.toContain('a-secret');
  });

  it('that is not there is told as such', async () => {
    const text = kubeconfig({ exec: { command: join(directory, 'none') } });
    await expect(identityOf({ text })).rejects.toThrow('there is no such program');
  });
});

describe('a contradiction', () => {
  it.each<[string, object, object, string]>([
    ['token and password', { token: 'secret', password: 'secret' }, {}, 'users[0].user.username or password is set'],
    ['a token of two lines', { token: 'secret\nsecret' }, {}, 'users[0].user.token has characters'],
    ['a token that is a number', { token: 12345 }, {}, 'users[0].user.token is not a string'],
    ['groups of nobody', { 'as-groups': ['secret'] }, {}, 'users[0].user.as is missing'],
    ['a group that is no text', { as: 'a', 'as-groups': [1] }, {}, 'users[0].user.as-groups[0] is not a string'],
    ['a header in a name', { as: 'a\r\nx: secret' }, {}, 'users[0].user.as has control characters'],
    ['certificate and data', { 'client-certificate': 'a', 'client-certificate-data': 'QQ==' }, {}, 'are both set'],
    [
      'trust in one and in all',
      {},
      { 'certificate-authority-data': 'QQ==', 'insecure-skip-tls-verify': true },
      'contradicts',
    ],
    ['no base64', {}, { 'certificate-authority-data': 'secret!' }, 'certificate-authority-data is not base64'],
    [
      'a plugin of an old kind',
      { exec: { command: 'a', apiVersion: 'client.authentication.k8s.io/v1alpha1' } },
      {},
      'is neither',
    ],
    ['a plugin without command', { exec: {} }, {}, 'users[0].user.exec.command is missing'],
    ['a plugin with a terminal', { exec: { command: 'a', interactiveMode: 'Always' } }, {}, 'no terminal'],
    ['a proxy', {}, { 'proxy-url': 'http://user:secret@proxy' }, 'clusters[0].cluster.proxy-url is not followed'],
  ])('such as %s is refused by its field', async (_name, user, cluster, message) => {
    const error = await kubeconfigTransport({ text: kubeconfig(user, cluster) }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'OPTIONS_INVALID', message: expect.stringContaining(message) });
    expect(JSON.stringify(error) + String((error as Error).message)).not.toContain('secret');
  });
});
