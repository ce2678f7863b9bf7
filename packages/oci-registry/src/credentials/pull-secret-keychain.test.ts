import { describe, expect, it } from 'vitest';
import type { RegistryError } from '../error.ts';
import { credentialsFrom } from './credentials-from.ts';
import { type PullSecret, pullSecretKeychain } from './pull-secret-keychain.ts';

const auth = (user: string, password = 'p'): { auth: string } => ({
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
});

function secret(name: string, auths: unknown, format: PullSecret['format'] = 'config.json'): PullSecret {
  const document = format === 'config.json' ? { auths } : auths;
  return { namespace: 'shop', name, format, dockerConfig: JSON.stringify(document) };
}

/** Passwords found for an image, in the order in which they are tried. */
async function passwords(secrets: readonly PullSecret[], image: string): Promise<(string | undefined)[]> {
  const slash = image.indexOf('/');
  const target = { registry: image.slice(0, slash), repository: image.slice(slash + 1) };
  const found: (string | undefined)[] = [];
  for await (const { password } of credentialsFrom(pullSecretKeychain(secrets), target)) found.push(password);
  return found;
}

const keyed = (...keys: readonly string[]): PullSecret =>
  secret('s', Object.fromEntries(keys.map((key) => [key, auth('u', key)])));

describe('the keys of a pull secret', () => {
  it.each([
    ['r.example', 'r.example/team/app'],
    ['https://r.example', 'r.example/team/app'],
    ['http://r.example/', 'r.example/team/app'],
    ['https://r.example/v1/', 'r.example/team/app'],
    ['https://r.example/v2/', 'r.example/team/app'],
    ['https://r.example/v2/team', 'r.example/team/app'],
    ['https://user@r.example', 'r.example/team/app'],
    ['R.Example:5000', 'r.example:5000/app'],
    ['r.example:', 'r.example/app'],
    ['*.example', 'r.example/app'],
    ['*.*.example.com', 'a.b.example.com/app'],
    ['eu-*.pkg.*', 'eu-west.pkg.dev/project/app'],
    ['r[1-3].example:5000/team', 'r2.example:5000/team/app'],
    ['*.example.com:8443/team/', 'r.example.com:8443/team/app'],
    ['r.example/team/app', 'r.example/team/app'],
    // A prefix of the text, not of the components: that is what the kubelet does.
    ['r.example/te', 'r.example/team/app'],
    ['[::1]:5000', '[::1]:5000/app'],
    ['[fd00::1]', '[fd00::1]/app'],
    ['localhost', 'localhost/app'],
    ['docker.io', 'docker.io/library/nginx'],
    ['docker.io/library', 'docker.io/library/nginx'],
    ['https://index.docker.io/v1/', 'docker.io/library/nginx'],
    ['index.docker.io', 'docker.io/team/app'],
  ])('%s covers %s', async (key, image) => {
    expect(await passwords([keyed(key)], image)).toEqual([key]);
  });

  it.each([
    ['r.example', 'evil-r.example/app'],
    ['r.example', 'r.example.evil.test/app'],
    ['r.example', 'r.example:5000/app'],
    ['r.example:5000', 'r.example/app'],
    ['r.example:443', 'r.example/app'],
    ['*.example', 'example/app'],
    ['*.example', 'a.b.example/app'],
    ['*', 'r.example/app'],
    ['*.*', 'r.example:5000/app'],
    ['r.example/team/', 'r.example/team'],
    ['r.example/team', 'r.example/other/team'],
    ['https://r.example/v1', 'r.example/app'],
    ['*.docker.io', 'docker.io/library/nginx'],
    ['registry-1.docker.io', 'docker.io/library/nginx'],
    ['https://index.docker.io/v1/team', 'docker.io/team/app'],
    ['https://index.docker.io/v1/', 'r.example/team/app'],
    ['[::1]:5000', '[::2]:5000/app'],
    ['r[.]example', 'r.example/app'],
    ['ftp://r.example', 'r.example/app'],
    ['', 'r.example/app'],
  ])('%s does not cover %s', async (key, image) => {
    expect(await passwords([keyed(key)], image)).toEqual([]);
  });
});

describe('pullSecretKeychain', () => {
  it('gives everything that matches, the longest key first and names before globs', async () => {
    const keys = ['*.example', 'r.example', 'r.example/team', 'r.example/team/app', 'r.example/zoo', 'r.*'];
    expect(await passwords([keyed(...keys)], 'r.example/team/app')).toEqual([
      'r.example/team/app',
      'r.example/team',
      'r.example',
      'r.*',
      '*.example',
    ]);
  });

  it('keeps the order of the secrets where keys are equal, and only there', async () => {
    const secrets = [
      secret('first', { 'r.example': auth('u', 'first') }),
      secret('second', { 'https://r.example/v2/': auth('u', 'second'), 'r.example/team': auth('u', 'scoped') }),
    ];
    expect(await passwords(secrets, 'r.example/team/app')).toEqual(['scoped', 'first', 'second']);
  });

  it('takes a login to index.docker.io for Docker Hub only where nothing else matches', async () => {
    const hub = secret('hub', { 'https://index.docker.io/v1/': auth('u', 'hub') });
    expect(
      await passwords([hub, secret('s', { 'docker.io/library': auth('u', 'scoped') })], 'docker.io/library/nginx'),
    ).toEqual(['scoped']);
    expect(
      await passwords([hub, secret('s', { 'docker.io/team': auth('u', 'scoped') })], 'docker.io/library/nginx'),
    ).toEqual(['hub']);
  });

  it('reads both formats, and names the secret as the source', async () => {
    const tokens = { 'r.example': { username: 'u', password: 'p', identitytoken: 'refresh' } };
    const old = secret('old', { 'r.example': auth('old', 'pa:ss') }, '.dockercfg');
    const keychain = pullSecretKeychain([old, secret('new', tokens)]);
    expect(await keychain.resolve({ registry: 'r.example', repository: 'app' })).toEqual([
      { username: 'old', password: 'pa:ss', source: 'pull secret shop/old' },
      { username: 'u', password: 'p', identityToken: 'refresh', source: 'pull secret shop/new' },
    ]);
  });

  it('passes over what holds no credential', async () => {
    const problems: RegistryError[] = [];
    const secrets = [secret('a', null), secret('b', {}), secret('c', { 'r.example': {}, '': {}, x: null })];
    const keychain = pullSecretKeychain(secrets, { onProblem: (error) => problems.push(error) });
    expect(await keychain.resolve({ registry: 'r.example', repository: 'app' })).toEqual([]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['cut off', '{"auths":{"r.example":{"auth":"c2VjcmV0', /it is not valid JSON/],
    ['not an object', '"c2VjcmV0"', /"auths" does not have the form/],
    ['of another shape', '{"auths":["c2VjcmV0"]}', /"auths" does not have the form/],
    ['far too long', `{"auths":{}}${' '.repeat(1024 * 1024)}`, /longer than 1048576 characters/],
  ])('does not let a secret that is %s hide the others', async (_, dockerConfig, reason) => {
    const problems: RegistryError[] = [];
    const bad: PullSecret = { namespace: 'shop', name: 'bad', format: 'config.json', dockerConfig };
    const good = secret('good', { 'r.example': auth('u') });
    const keychain = pullSecretKeychain([bad, good], { onProblem: (error) => problems.push(error) });
    expect(await keychain.resolve({ registry: 'r.example', repository: 'app' })).toHaveLength(1);
    expect(problems).toMatchObject([{ code: 'CREDENTIALS_INVALID', hint: expect.stringContaining('kubectl create') }]);
    expect(problems[0]?.message).toMatch(reason);
    expect(problems[0]?.message).toContain('pull secret shop/bad');
    expect(JSON.stringify(problems) + String(problems[0]?.message) + String(problems[0]?.cause)).not.toMatch(
      /c2VjcmV0/,
    );
  });

  it('does not let one entry hide the others of its secret, nor prints any of its text', async () => {
    const problems: RegistryError[] = [];
    const mixed = secret('mixed', {
      'user:hunter2@': auth('hunter2'),
      'a.hunter2.example': { auth: 'aHVudGVyMg==' },
      'b.hunter2.example': { auth: 42 },
      'r.example': auth('u'),
    });
    const keychain = pullSecretKeychain([mixed], { onProblem: (error) => problems.push(error) });
    expect(await keychain.resolve({ registry: 'r.example', repository: 'app' })).toHaveLength(1);
    expect(problems.map(({ message }) => message)).toEqual([
      '[CREDENTIALS_INVALID] read credentials, pull secret shop/mixed: entry 1 names no registry',
      '[CREDENTIALS_INVALID] read credentials, pull secret shop/mixed: the "auth" of entry 2 is not base64 of user:password',
      '[CREDENTIALS_INVALID] read credentials, pull secret shop/mixed: entry 3 does not have the form of a docker config',
    ]);
    expect(() => pullSecretKeychain([mixed])).not.toThrow();
  });

  it('does not hide an error of the one who listens to problems', () => {
    const onProblem = (): void => {
      throw new Error('the log is full');
    };
    const bad: PullSecret = { namespace: 'shop', name: 'bad', format: '.dockercfg', dockerConfig: '{' };
    expect(() => pullSecretKeychain([bad], { onProblem })).toThrow('the log is full');
  });
});
