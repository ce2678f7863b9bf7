import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import type { CloudOptions } from '../cloud-options.ts';
import { containerCredentials } from './container-credentials.ts';
import { credentialsDocument, expectNoSecret, machine, temporary } from './machine.test-support.ts';

describe('containerCredentials', () => {
  const podIdentity = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/var/pod-token',
  };

  it('asks the agent of EKS with the token of the pod, directly', async () => {
    const files: Record<string, string> = { '/var/pod-token': 'pod-token-1\n' };
    const { double, options } = await machine(podIdentity, files);
    double.handlers.container = () => ({ status: 200, body: credentialsDocument() });
    const provider = containerCredentials(options);
    expect(await provider.get()).toEqual({ ...temporary, identity: 'the role of this container' });
    files['/var/pod-token'] = 'pod-token-2';
    await provider.get();
    expect(double.requests.map(({ headers }) => headers.authorization)).toEqual(['pod-token-1', 'pod-token-2']);
    expect(double.asked[0]).toMatchObject({ direct: true, timeout: 2000 });
  });

  it('asks the agent of ECS for the path of the task, which comes first, without a token', async () => {
    const env = {
      ...podIdentity,
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/1234?a=b',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'other',
    };
    const { double, options } = await machine(env);
    const arn = 'arn:aws:iam::111122223333:role/task';
    double.handlers.container = () => ({ status: 200, body: credentialsDocument({ RoleArn: arn }) });
    expect(await containerCredentials(options).get()).toEqual({ ...temporary, identity: arn });
    expect(double.asked[0]?.url.href).toBe('http://169.254.170.2/v2/credentials/1234?a=b');
    expect(double.requests[0]?.headers.authorization).toBeUndefined();
  });

  it.each(['@evil.example/', '.evil.example/', '//evil.example/', '\\evil.example'])(
    'goes to no other host for the relative URI %s',
    async (uri) => {
      const { double, options } = await machine({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: uri });
      double.handlers.container = () => ({ status: 200, body: credentialsDocument() });
      await containerCredentials(options).get();
      expect(double.asked[0]?.url.host).toBe('169.254.170.2');
    },
  );

  it.each([
    ['http://127.0.0.1:9/a', true],
    ['http://localhost:9/a', true],
    ['http://[::1]:9/a', true],
    ['http://127.1.2.3/a', true],
    ['http://169.254.170.2/a', true],
    ['http://[fd00:ec2::23]/a', true],
    ['https://agent.example/a', false],
  ])('asks %s', async (uri, direct) => {
    const asked: unknown[] = [];
    const { options } = await machine({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic abc',
    });
    const http: CloudOptions['http'] = async (request) => {
      asked.push(request);
      return { status: 200, headers: {}, body: credentialsDocument() };
    };
    await containerCredentials({ ...options, http }).get();
    expect(asked).toMatchObject([{ direct, headers: { authorization: 'Basic abc' } }]);
  });

  it.each([
    'http://agent.example/a',
    'http://169.254.169.254/a',
    'http://169.254.170.3/a',
    'http://127.0.0.1.evil.example/a',
    'http://localhost.evil.example/a',
    'http://user:pass@127.0.0.1/a',
    'file:///etc/passwd',
    '127.0.0.1',
  ])('does not ask %s', async (uri) => {
    const { double, options } = await machine({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'container-token',
    });
    const error = await failureOf(containerCredentials(options).get());
    expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID', retryable: false });
    expectNoSecret(error, 'container-token', 'pass');
    expect(double.asked).toEqual([]);
  });

  it('sends no token that would break the header', async () => {
    const { double, options } = await machine(podIdentity, { '/var/pod-token': 'a\r\nx: y' });
    const error = await failureOf(containerCredentials(options).get());
    expect(error.message).toContain('/var/pod-token: it holds no token');
    expect(double.asked).toEqual([]);
  });

  it('says what the agent says, without the token, and asks again after server errors', async () => {
    const { double, options, waits } = await machine(podIdentity, { '/var/pod-token': 'pod-token' });
    double.replies.container.push({ status: 500, body: '<html>' });
    double.handlers.container = () => ({
      status: 404,
      body: JSON.stringify({ code: 'ResourceNotFound', message: 'no association for pod-token' }),
    });
    const error = await failureOf(containerCredentials(options).get());
    expect(error.message).toBe(
      '[CREDENTIALS_UNAVAILABLE] GET 169.254.170.23/v1/credentials: no credentials for this container: HTTP 404, ResourceNotFound, no association for ***',
    );
    expect(waits).toHaveLength(1);
    expectNoSecret(error, 'pod-token');
  });

  it.each([
    'temporary-secret',
    '"temporary-secret"',
    'null',
    credentialsDocument({ Token: 7 }),
    credentialsDocument({ Expiration: 'x' }),
  ])('does not quote the answer %s that it cannot read', async (body) => {
    const { double, options } = await machine(podIdentity, { '/var/pod-token': 'pod-token' });
    double.handlers.container = () => ({ status: 200, body });
    const error = await failureOf(containerCredentials(options).get());
    expect(error.code).toBe('RESPONSE_INVALID');
    expectNoSecret(error, 'temporary-secret', 'pod-token');
  });
});

describe('token files', () => {
  const directories: string[] = [];
  afterEach(async () => {
    for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
  });

  it('are read from the disk, with an error that names the file where that fails', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ecr-'));
    directories.push(directory);
    const path = join(directory, 'token');
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path,
    };
    const { double, options } = await machine(env);
    double.handlers.container = () => ({ status: 200, body: credentialsDocument() });
    const provider = containerCredentials({ ...options, readFile: undefined });
    expect((await failureOf(Promise.resolve(provider.get()))).message).toBe(
      `[CREDENTIALS_INVALID] read credentials, ${path}: it does not exist`,
    );
    await writeFile(path, 'from-the-file\n');
    expect(await provider.get()).toMatchObject(temporary);
    expect(double.requests[0]?.headers.authorization).toBe('from-the-file');
    await writeFile(path, 'x'.repeat(1024 * 1024 + 1));
    expect((await failureOf(Promise.resolve(provider.get()))).message).toContain('larger than 1048576 bytes');
    const onDirectory = containerCredentials({
      ...options,
      readFile: undefined,
      env: { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: directory },
    });
    expect(await failureOf(Promise.resolve(onDirectory.get()))).toMatchObject({ code: 'CREDENTIALS_INVALID' });
    const reason = new Error('enough');
    await expect(provider.get({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
