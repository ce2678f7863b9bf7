import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, createApiServer } from '../testing/create-api-server.ts';
import { kubeconfigTransport } from './kubeconfig-transport.ts';

const path = '/api/v1/pods';
let server: ApiServer;
let directory: string;

beforeEach(async () => {
  server = await createApiServer({ tokens: ['t1'] });
  directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

function kubeconfig(user: object, cluster: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [
      { name: 'here', context: { cluster: 'c', user: 'u' } },
      { name: 'nowhere', context: { cluster: 'other', user: 'u' } },
      { name: 'nobody', context: { cluster: 'c', user: 'other' } },
    ],
    clusters: [{ name: 'c', cluster: { server: server.url, ...cluster } }],
    users: [{ name: 'u', user }],
  });
}

// The first of them loads the parser and several start programs, which is slow on a busy machine.
describe('kubeconfigTransport', { timeout: 30_000 }, () => {
  it('uses the token of the current context, from a text or a file', async () => {
    await using fromText = await kubeconfigTransport({ text: kubeconfig({ token: 't1' }) });
    expect(await fromText.getJson(path)).toMatchObject({ kind: 'PodList' });
    const file = join(directory, 'config');
    await writeFile(file, kubeconfig({ token: 't1', as: 'someone' }));
    await using fromFile = await kubeconfigTransport({ path: file, context: 'here' });
    expect(await fromFile.getJson(path)).toMatchObject({ kind: 'PodList' });
  });

  it('runs an exec plugin for its token, and again when that is refused', async () => {
    const plugin = join(directory, 'plugin.mjs');
    const tokenFile = join(directory, 'token');
    await writeFile(tokenFile, 't1');
    await writeFile(
      plugin,
      `import { readFileSync } from 'node:fs';
      const token = readFileSync(${JSON.stringify(tokenFile)}, 'utf8');
      console.log(JSON.stringify({ kind: 'ExecCredential', status: token && { token } }));`,
    );
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [plugin] };
    await using transport = await kubeconfigTransport({ text: kubeconfig({ exec }) });
    await Promise.all([transport.getJson(path), transport.getJson(path)]);
    await writeFile(tokenFile, 't2');
    await transport.getJson(path);
    server.acceptTokens('t2');
    await transport.getJson(path);
    await writeFile(tokenFile, '');
    server.acceptTokens('t3');
    await expect(transport.getJson(path)).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
  });

  it('tells a failing plugin by its command, not by what it printed', async () => {
    const exec = { command: process.execPath, args: ['-e', 'console.error("a-secret"); process.exit(1)'] };
    await using transport = await kubeconfigTransport({ text: kubeconfig({ exec }) });
    const error = await transport.getJson(path).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
    expect(String(error)).not.toContain('a-secret');
    const signal = AbortSignal.timeout(5);
    const slow = { command: process.execPath, args: ['-e', 'setTimeout(() => {}, 300)'] };
    await using waiting = await kubeconfigTransport({ text: kubeconfig({ exec: slow }) });
    await expect(waiting.getJson(path, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each<[string, () => Parameters<typeof kubeconfigTransport>[0], string]>([
    ['neither text nor path', () => ({}), 'either text or path'],
    ['no YAML', () => ({ text: 'a: [secret' }), 'not valid YAML'],
    ['a cluster without server', () => ({ text: kubeconfig({}, { server: undefined }) }), 'clusters[0].cluster.server'],
    ['an unknown context', () => ({ text: kubeconfig({}), context: 'x' }), 'no context "x"'],
    ['an unknown cluster', () => ({ text: kubeconfig({}), context: 'nowhere' }), 'no cluster "other"'],
    ['an unknown user', () => ({ text: kubeconfig({}), context: 'nobody' }), 'no user "other"'],
    ['auth-provider', () => ({ text: kubeconfig({ 'auth-provider': { name: 'gcp' } }) }), 'auth-provider'],
    ['proxy-url', () => ({ text: kubeconfig({}, { 'proxy-url': 'http://p' }) }), 'proxy-url'],
    ['a certificate without key', () => ({ text: kubeconfig({ 'client-certificate-data': 'QQ==' }) }), 'its key'],
  ])('refuses %s', async (_name, options, message) => {
    const error = await kubeconfigTransport(options()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'OPTIONS_INVALID' });
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('secret');
  });

  it('says which file is not there', async () => {
    const missing = join(directory, 'config');
    await expect(kubeconfigTransport({ path: missing })).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
    const text = kubeconfig({}, { 'certificate-authority': join(directory, 'ca.crt') });
    await expect(kubeconfigTransport({ text })).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
  });
});
