import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegistryError } from '../error.ts';
import { dockerConfigKeychain } from './docker-config-keychain.ts';
import type { KeychainAnswer } from './keychain.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function lookUp(config: unknown, registry: string, repository = 'team/app'): Promise<KeychainAnswer> {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  const keychain = dockerConfigKeychain({ load: () => Promise.resolve([{ name: 'config.json', text }]) });
  return keychain.resolve({ registry, repository });
}

describe('dockerConfigKeychain', () => {
  it('decodes auth, with passwords that contain colons or NUL padding', async () => {
    const config = { auths: { 'r.example': { auth: base64('user:pa:ss\0\0') } } };
    expect(await lookUp(config, 'r.example')).toEqual({ username: 'user', password: 'pa:ss', source: 'config.json' });
  });

  it('reads user name and password, identity token and registry token', async () => {
    const auths = {
      'a.example': { username: 'u', password: 'p' },
      'b.example': { auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'refresh' },
      'c.example': { registrytoken: 'ready' },
    };
    expect(await lookUp({ auths }, 'a.example')).toMatchObject({ username: 'u', password: 'p' });
    expect(await lookUp({ auths }, 'b.example')).toMatchObject({ identityToken: 'refresh' });
    expect(await lookUp({ auths }, 'c.example')).toMatchObject({ registryToken: 'ready' });
  });

  it.each([
    ['https://index.docker.io/v1/', 'docker.io'],
    ['index.docker.io', 'docker.io'],
    ['docker.io', 'docker.io'],
    ['https://R.Example/v2/', 'r.example'],
    ['http://r.example:5000', 'r.example:5000'],
    ['r.example/', 'r.example'],
  ])('finds the key %s for %s', async (key, registry) => {
    expect(await lookUp({ auths: { [key]: { auth: base64('u:p') } } }, registry)).toMatchObject({ username: 'u' });
  });

  it.each([
    ['r.example', 'evil-r.example'],
    ['r.example', 'r.example.evil.test'],
    ['r.example', 'r.example:5000'],
    ['r.example:5000', 'r.example'],
    ['*.example', 'r.example'],
    ['example', 'r.example'],
  ])('does not hand the secret of %s to %s', async (key, registry) => {
    expect(await lookUp({ auths: { [key]: { auth: base64('u:p') } } }, registry)).toBeUndefined();
  });

  it('prefers the longest path of auth.json, and matches whole components', async () => {
    const auths = {
      'r.example': { auth: base64('host:p') },
      'r.example/team': { auth: base64('team:p') },
      'r.example/team/app': { auth: base64('app:p') },
    };
    expect(await lookUp({ auths }, 'r.example', 'team/app')).toMatchObject({ username: 'app' });
    expect(await lookUp({ auths }, 'r.example', 'team/application')).toMatchObject({ username: 'team' });
    expect(await lookUp({ auths }, 'r.example', 'teams/app')).toMatchObject({ username: 'host' });
  });

  it('runs no helper, and tells of each host whose secret lies in one, once', async () => {
    const config = {
      auths: { 'https://index.docker.io/v1/': {}, 'file.example': { auth: base64('file:p') } },
      credsStore: 'desktop',
      credHelpers: { 'r.example': 'ecr-login', 'bad.example': '../../x' },
    };
    const problems: RegistryError[] = [];
    const texts = [{ name: 'config.json', text: JSON.stringify(config) }];
    const keychain = dockerConfigKeychain({
      load: () => Promise.resolve(texts),
      onProblem: (error) => problems.push(error),
    });
    for (const registry of ['r.example', 'r.example', 'docker.io', 'bad.example', 'never-logged-in.example']) {
      expect(await keychain.resolve({ registry, repository: 'app' })).toBeUndefined();
    }
    expect(await keychain.resolve({ registry: 'file.example', repository: 'app' })).toMatchObject({ username: 'file' });
    const start = (host: string): string => `[CREDENTIALS_UNAVAILABLE] read credentials of ${host}, config.json: `;
    expect(problems.map(({ message }) => message)).toEqual([
      `${start('r.example')}they lie in a credential helper "ecr-login", which is not allowed to run`,
      `${start('docker.io')}they lie in a credential helper "desktop", which is not allowed to run`,
      `${start('bad.example')}they lie in a credential helper whose name is not acceptable`,
    ]);
    expect(problems[0]?.hint).toContain('allow the helper');
  });

  it('goes on to the next file where a helper may not run', async () => {
    const texts = [
      { name: 'a.json', text: JSON.stringify({ credHelpers: { 'r.example': 'x' } }) },
      { name: 'b.json', text: JSON.stringify({ auths: { 'r.example': { auth: base64('u:p') } } }) },
    ];
    const keychain = dockerConfigKeychain({ load: () => Promise.resolve(texts) });
    expect(await keychain.resolve({ registry: 'r.example', repository: 'app' })).toMatchObject({ source: 'b.json' });
  });

  it('does not hide an error of the one who listens to problems', async () => {
    const keychain = dockerConfigKeychain({
      load: () => Promise.resolve([{ name: 'a.json', text: '{"credHelpers":{"r.example":"x"}}' }]),
      onProblem: () => {
        throw new Error('the log is full');
      },
    });
    await expect(keychain.resolve({ registry: 'r.example', repository: 'app' })).rejects.toThrow('the log is full');
  });

  it('reads the old format, in which words of the new one are hosts', async () => {
    const entries = { 'https://r.example/v1/': { auth: base64('old:p') }, credsStore: { auth: base64('host:p') } };
    const texts = [{ name: 'cfg', text: JSON.stringify(entries), format: '.dockercfg' as const }];
    const keychain = dockerConfigKeychain({ load: () => Promise.resolve(texts) });
    expect(await keychain.resolve({ registry: 'r.example', repository: 'x' })).toMatchObject({ username: 'old' });
    expect(await keychain.resolve({ registry: 'credsstore', repository: 'x' })).toMatchObject({ username: 'host' });
  });

  it('tolerates nulls and files without auths', async () => {
    expect(await lookUp({ auths: { 'r.example': null } }, 'r.example')).toBeUndefined();
    expect(await lookUp({ auths: null }, 'r.example')).toBeUndefined();
    expect(await lookUp({}, 'r.example')).toBeUndefined();
    expect(await lookUp({ credHelpers: null, credsStore: '' }, 'r.example')).toBeUndefined();
    expect(await lookUp(' \n', 'r.example')).toBeUndefined();
  });

  it.each([
    ['no JSON', '{"auths": {"r.example": {"auth": "c2VjcmV0"'],
    ['a wrong shape', JSON.stringify({ auths: { 'r.example': { auth: 42, note: 'c2VjcmV0' } } })],
    ['a helper that is no name', JSON.stringify({ credHelpers: { 'r.example': ['c2VjcmV0'] } })],
    ['a store that is no name', JSON.stringify({ credsStore: { c2VjcmV0: 'secret' } })],
    ['auth without a colon', JSON.stringify({ auths: { 'r.example': { auth: 'c2VjcmV0' } } })],
    ['auth that is not base64', JSON.stringify({ auths: { 'r.example': { auth: 'c2VjcmV0!:' } } })],
  ])('names the file and no secret when it has %s', async (_, text) => {
    const error: unknown = await lookUp(text, 'r.example').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID', message: expect.stringContaining('config.json') });
    expect(String(error) + String((error as Error).cause)).not.toMatch(/c2VjcmV0|secret/);
  });
});

describe('dockerConfigKeychain with files', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'oci-registry-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('takes the first file that has the host, skips missing ones, and sees a new login', async () => {
    const [first, second] = [join(directory, 'first.json'), join(directory, 'second.json')];
    await writeFile(first, JSON.stringify({ auths: { 'a.example': { auth: base64('first:p') } } }));
    await writeFile(second, JSON.stringify({ auths: { 'b.example': { auth: base64('second:p') } } }));
    const keychain = dockerConfigKeychain({ paths: [join(directory, 'none.json'), first, second] });
    const target = { registry: 'b.example', repository: 'x' };
    expect(await keychain.resolve(target)).toMatchObject({ username: 'second', source: second });
    await writeFile(first, JSON.stringify({ auths: { 'b.example': { auth: base64('new:p') } } }));
    expect(await keychain.resolve(target)).toMatchObject({ username: 'new', source: first });
  });

  it('fails for what exists and cannot be read, and for files far too large', async () => {
    const large = join(directory, 'large.json');
    await writeFile(large, ' '.repeat(1024 * 1024 + 1));
    const target = { registry: 'a.example', repository: 'x' };
    const keychain = (path: string) => dockerConfigKeychain({ paths: [path] }).resolve(target);
    await expect(keychain(directory)).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
    await expect(keychain(large)).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });

  it('takes a file called .dockercfg for the old format, and the null device for no credentials', async () => {
    const old = join(directory, '.dockercfg');
    await writeFile(old, JSON.stringify({ 'https://r.example/v1/': { auth: base64('old:p') } }));
    const keychain = dockerConfigKeychain({ paths: ['/dev/null', join('/dev/null', 'config.json'), old] });
    expect(await keychain.resolve({ registry: 'r.example', repository: 'x' })).toMatchObject({ source: old });
  });

  it('does not wait at a pipe', async () => {
    const pipe = join(directory, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    const work = dockerConfigKeychain({ paths: [pipe] }).resolve({ registry: 'a.example', repository: 'x' });
    await expect(work).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });

  it('rejects with the reason of its signal', async () => {
    const keychain = dockerConfigKeychain({ paths: [] });
    const signal = AbortSignal.abort('enough');
    await expect(keychain.resolve({ registry: 'a.example', repository: 'x' }, { signal })).rejects.toBe('enough');
  });
});
