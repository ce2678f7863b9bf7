import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RegistryError } from '../error.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { createRegistry } from '../testing/create-registry.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { dockerConfigKeychain } from './docker-config-keychain.ts';
import { asked, keychainOf, lookUp, working } from './helper-look-up.test-support.ts';
import type { CredentialHelperOptions } from './helper-options.ts';
import { programFolder } from './helper-script.test-support.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('which helper is asked', () => {
  it('asks the one of the host for the host, and says where the credential is from', async () => {
    const programs = await programFolder();
    await programs.write('mine', working);
    const config = { credHelpers: { 'https://R.Example/v2/': 'mine' }, credsStore: 'other' };
    expect(await lookUp({ config, programs })).toEqual({
      username: 'robot',
      password: 's3',
      source: 'config.json, docker-credential-mine',
    });
    expect(await asked(programs)).toEqual(['get r.example']);
  });

  it('asks the store for every other host, whether the file has an entry or not', async () => {
    const programs = await programFolder();
    await programs.write('store', working);
    const config = { auths: { 'r.example': { auth: base64('stale:p') } }, credsStore: 'store' };
    expect(await lookUp({ config, programs })).toMatchObject({ username: 'robot' });
    expect(await lookUp({ config, programs }, 'new.example:5000/app')).toMatchObject({ username: 'robot' });
    expect(await asked(programs)).toEqual(['get r.example', 'get new.example:5000']);
  });

  it('asks for Docker Hub under its old address', async () => {
    const programs = await programFolder();
    await programs.write('store', working);
    await lookUp({ config: { credsStore: 'store' }, programs }, 'docker.io/library/nginx');
    await lookUp({ config: { credHelpers: { 'index.docker.io': 'store' } }, programs }, 'docker.io/library/nginx');
    expect(await asked(programs)).toEqual(['get https://index.docker.io/v1/', 'get https://index.docker.io/v1/']);
  });

  it("asks for Docker Hub as podman does too, where the key is podman's", async () => {
    const programs = await programFolder();
    await programs.write(
      'podman',
      'server=$(cat); test "$server" = docker.io && echo \'{"Username":"u","Secret":"p"}\' || { echo "credentials not found in native keychain"; exit 1; }',
    );
    const config = { credHelpers: { 'docker.io': 'podman' } };
    expect(await lookUp({ config, programs }, 'docker.io/library/nginx')).toMatchObject({ username: 'u' });
  });

  it('takes the helper of the longest path, and names the path', async () => {
    const programs = await programFolder();
    await programs.write('host', working);
    await programs.write('team', working);
    const config = { credHelpers: { 'r.example': 'host', 'r.example/team': 'team' } };
    expect(await lookUp({ config, programs })).toMatchObject({ source: 'config.json, docker-credential-team' });
    expect(await lookUp({ config, programs }, 'r.example/zoo')).toMatchObject({
      source: 'config.json, docker-credential-host',
    });
    expect(await asked(programs)).toEqual(['get r.example/team', 'get r.example']);
  });

  it('takes an entry for a path before the store, and after the helper of the host', async () => {
    const programs = await programFolder();
    await programs.write('mine', working);
    const auths = { 'r.example/team': { auth: base64('team:p') } };
    expect(await lookUp({ config: { auths, credsStore: 'mine' }, programs })).toMatchObject({ username: 'team' });
    const credHelpers = { 'r.example': 'mine' };
    expect(await lookUp({ config: { auths, credHelpers }, programs })).toMatchObject({ username: 'robot' });
  });

  it('takes an empty name for the file itself', async () => {
    const programs = await programFolder();
    const auths = { 'r.example': { auth: base64('file:p') } };
    const config = { auths, credHelpers: { 'r.example': '' }, credsStore: 'missing' };
    expect(await lookUp({ config, programs })).toMatchObject({ username: 'file' });
  });

  it('goes on to the next file where the helper has nothing, and not to what the same file holds', async () => {
    const programs = await programFolder();
    await programs.write('store', 'echo "credentials not found in native keychain"; exit 1');
    const first = { auths: { 'r.example': { auth: base64('ignored:p') } }, credsStore: 'store' };
    const second = { auths: { 'r.example': { auth: base64('second:p') } } };
    const texts = [first, second].map((config, index) => ({ name: `${index}.json`, text: JSON.stringify(config) }));
    const helpers = { allow: 'any', path: programs.path } as const;
    const keychain = dockerConfigKeychain({ load: () => Promise.resolve(texts), helpers });
    expect(await keychain.resolve({ registry: 'r.example', repository: 'app' })).toMatchObject({ source: '1.json' });
  });
});

describe('what may be run', () => {
  it('runs only what is allowed by name', async () => {
    const programs = await programFolder();
    await programs.write('good', working);
    await programs.write('bad', working);
    const problems: RegistryError[] = [];
    const config = { credHelpers: { 'r.example': 'good', 'b.example': 'bad' } };
    const setup = { config, programs, helpers: { allow: ['good'] }, onProblem: (e: RegistryError) => problems.push(e) };
    expect(await lookUp(setup)).toMatchObject({ username: 'robot' });
    expect(problems).toEqual([]);
    expect(await lookUp(setup, 'b.example/app')).toBeUndefined();
    expect(await asked(programs)).toEqual(['get r.example']);
    expect(problems.map(({ message }) => message)).toEqual([
      '[CREDENTIALS_UNAVAILABLE] read credentials of b.example, config.json: they lie in a credential helper "bad", which is not allowed to run',
    ]);
  });

  it.each(['../mine', '/bin/sh', 'a/b', '-x', '.hidden', 'a b', 'a;b', 'a\nb', 'x'.repeat(101)])(
    'never runs the name %j',
    async (name) => {
      const problems: RegistryError[] = [];
      const run = () => expect.fail('it was run');
      const programs = await programFolder();
      const config = { credHelpers: { 'r.example': name } };
      const onProblem = (error: RegistryError): void => void problems.push(error);
      expect(await lookUp({ config, programs, helpers: { run }, onProblem })).toBeUndefined();
      expect(problems).toMatchObject([{ message: expect.stringMatching(/whose name is not acceptable$/) }]);
    },
  );

  it('does not look into directories that are not absolute, nor at what is no program', async () => {
    const programs = await programFolder();
    await programs.write('mine', working);
    const path = `:.:${join('..', '..', programs.path)}:${programs.path}/docker-credential-mine`;
    const error = await failureOf(lookUp({ config: { credsStore: 'mine' }, programs, helpers: { path } }));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', retryable: false });
    expect(error.message).toBe(
      '[CREDENTIALS_UNAVAILABLE] ask docker-credential-mine, r.example: there is no such program',
    );
    expect(error.hint).toContain('helpers.path');
  });

  it('hands on the environment it was given and no other', async () => {
    const programs = await programFolder();
    await programs.write('mine', 'echo "{\\"Username\\":\\"$GREETING\\",\\"Secret\\":\\"home=$HOME\\"}"');
    const helpers = { path: undefined, env: { PATH: `${programs.path}:/bin`, GREETING: 'hello', NOTHING: undefined } };
    expect(await lookUp({ config: { credsStore: 'mine' }, programs, helpers })).toMatchObject({
      username: 'hello',
      password: 'home=',
    });
  });

  it('runs in another way where it is told to', async () => {
    const programs = await programFolder();
    const run: CredentialHelperOptions['run'] = ({ program, server }) =>
      Promise.resolve({ exitCode: 0, stdout: JSON.stringify({ Username: program, Secret: server }), stderr: '' });
    const setup = { config: { credsStore: 'remote' }, programs };
    expect(await lookUp({ ...setup, helpers: { run } })).toMatchObject({
      username: 'docker-credential-remote',
      password: 'r.example',
    });
    const broken = { run: () => Promise.reject(Object.assign(new Error('no'), { code: 'EAGAIN' })) };
    const error = await failureOf(lookUp({ ...setup, helpers: broken }));
    expect(error.message).toMatch(/ask docker-credential-remote, r\.example: it cannot be run: EAGAIN$/);
  });
});

describe('several look-ups at the same time', () => {
  const slow = `sleep 0.3; ${working}`;

  it('share one run for the same helper and host', async () => {
    const programs = await programFolder();
    await programs.write('slow', slow);
    const keychain = keychainOf({ config: { credsStore: 'slow' }, programs });
    const targets = ['r.example', 'r.example', 'other.example'].map((registry) => ({ registry, repository: 'app' }));
    const found = await Promise.all(targets.map((target) => keychain.resolve(target)));
    expect(found).toMatchObject([{ username: 'robot' }, { username: 'robot' }, { username: 'robot' }]);
    expect((await asked(programs)).sort()).toEqual(['get other.example', 'get r.example']);
    await keychain.resolve({ registry: 'r.example', repository: 'app' });
    expect(await asked(programs)).toHaveLength(3);
  });

  it('leave one by one', async () => {
    const programs = await programFolder();
    await programs.write('slow', slow);
    const keychain = keychainOf({ config: { credsStore: 'slow' }, programs });
    const controller = new AbortController();
    const target = { registry: 'r.example', repository: 'app' };
    const first = keychain.resolve(target, { signal: controller.signal });
    const second = keychain.resolve(target);
    await setTimeout(50);
    controller.abort('enough');
    await expect(first).rejects.toBe('enough');
    expect(await second).toMatchObject({ username: 'robot' });
  });
});

describe('a client', () => {
  it('gets in with what a helper has, and names the helper where that is refused', async () => {
    const auth = { type: 'bearer', username: 'robot', password: 's3' } as const;
    const registry = await createRegistry({ auth });
    untilTestEnds({ [Symbol.asyncDispose]: () => registry.close() });
    const { digest } = await registry.push('team/app', '1.0');
    const programs = await programFolder();
    await programs.write('good', working);
    await programs.write('stale', `cat >/dev/null; echo '{"Username":"robot","Secret":"old"}'`);
    await using client = new RegistryClient();
    const resolve = (helper: string) => {
      const keychain = keychainOf({ config: { credHelpers: { [registry.host]: helper } }, programs });
      return client.resolve(`${registry.host}/team/app:1.0`, { keychain });
    };
    expect((await resolve('good')).digest).toBe(digest);
    expect(await asked(programs)).toEqual([`get ${registry.host}`]);
    const { message, hint } = await failureOf(resolve('stale'));
    expect(message + hint).toContain('docker-credential-stale');
  });
});
