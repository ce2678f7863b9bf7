import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import type { EcrDouble } from './ecr-double.test-support.ts';
import { instanceCredentials } from './instance-credentials.ts';
import { credentialsDocument, machine, temporary } from './machine.test-support.ts';

describe('instanceCredentials', () => {
  const root = '/latest/meta-data/iam/security-credentials/';
  const serve = (double: EcrDouble, version: 1 | 2, role = 'node-role', answer = credentialsDocument()): void => {
    double.handlers.metadata = ({ method, path, headers }) => {
      if (method === 'PUT' && path === '/latest/api/token' && version === 2) {
        const ttl = headers['x-aws-ec2-metadata-token-ttl-seconds'];
        return ttl === '21600' ? { status: 200, body: 'session-token' } : { status: 400 };
      }
      if (method !== 'GET') return { status: 405 };
      if (version === 2 && headers['x-aws-ec2-metadata-token'] !== 'session-token') return { status: 401 };
      if (path === root) return role === '' ? { status: 404 } : { status: 200, body: `${role}\n` };
      return path === `${root}${role}` ? { status: 200, body: answer } : { status: 404 };
    };
  };

  it.each([1, 2] as const)('speaks version %i, directly and impatiently', async (version) => {
    const { double, options } = await machine({});
    serve(double, version);
    const identity = 'the role node-role of this machine';
    expect(await instanceCredentials(options).get()).toEqual({ ...temporary, identity });
    expect(double.asked.map(({ direct, timeout, url }) => [direct, timeout, url.host])).toEqual(
      Array.from({ length: 3 }, () => [true, 1000, '169.254.169.254']),
    );
  });

  it.each([
    [{ AWS_EC2_METADATA_DISABLED: 'TRUE' }, 'AWS_EC2_METADATA_DISABLED is set', 0],
    [{ AWS_EC2_METADATA_V1_DISABLED: 'true' }, /gives no session, and AWS_EC2_METADATA_V1_DISABLED is set/, 1],
  ])('heeds %j', async (env, absent, asked) => {
    const { double, options } = await machine(env);
    serve(double, 1);
    expect(await instanceCredentials(options).get()).toEqual({ absent: expect.stringMatching(absent) });
    expect(double.asked).toHaveLength(asked);
  });

  it.each([
    [
      { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://imds.internal:81/base' },
      'http://imds.internal:81/base/latest/api/token',
    ],
    [{ AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv6' }, 'http://[fd00:ec2::254]/latest/api/token'],
  ])('with %j asks %s', async (env, url) => {
    const { double, options } = await machine(env);
    await instanceCredentials(options).get();
    expect(double.asked[0]?.url.href).toBe(url);
  });

  it('is absent where the machine has no role', async () => {
    const { double, options } = await machine({});
    serve(double, 2, '');
    expect(await instanceCredentials(options).get()).toEqual({
      absent: '169.254.169.254 says that this machine has no role',
    });
  });

  it.each(['../../user-data', 'a/../b', '<html>', 'role?x', 'role#x', 'a//b', '.'])(
    'asks for no role that is called %s',
    async (role) => {
      const { double, options } = await machine({});
      serve(double, 2, role);
      expect(await instanceCredentials(options).get()).toEqual({ absent: '169.254.169.254 names no role' });
      expect(double.asked).toHaveLength(2);
    },
  );

  it('is absent on the machines of other clouds', async () => {
    const { double, options } = await machine({});
    double.handlers.metadata = () => ({ status: 403, body: 'Missing Metadata-Flavor' });
    expect(await instanceCredentials(options).get()).toEqual({ absent: '169.254.169.254 answers HTTP 403' });
  });

  it('fails where the service is there and has trouble, after a second attempt', async () => {
    const { double, options } = await machine({});
    serve(double, 2);
    const ok = { status: 200, body: 'session-token' };
    double.replies.metadata.push(ok, { status: 503 }, { status: 503 });
    const error = await failureOf(instanceCredentials(options).get());
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 503, retryable: true });
    double.replies.metadata.push(ok, { status: 503 });
    expect(await instanceCredentials(options).get()).toMatchObject(temporary);
  });

  it('fails where version 1 has trouble: kiam that has just started', async () => {
    const { double, options } = await machine({});
    double.handlers.metadata = ({ method }) => ({ status: method === 'PUT' ? 405 : 500 });
    const error = await failureOf(instanceCredentials(options).get());
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 500, retryable: true });
  });

  it('fails where the role cannot be taken, which is told with status 200', async () => {
    const { double, options } = await machine({});
    serve(double, 2, 'node-role', JSON.stringify({ Code: 'AssumeRoleUnauthorizedAccess', Message: 'm' }));
    const error = await failureOf(instanceCredentials(options).get());
    expect(error.message).toContain('no credentials for this machine: AssumeRoleUnauthorizedAccess');
  });

  it('fails where the role goes away in between', async () => {
    const { double, options } = await machine({});
    serve(double, 2);
    double.replies.metadata.push({ status: 200, body: 'session-token' }, { status: 200, body: 'gone' });
    expect(await failureOf(instanceCredentials(options).get())).toMatchObject({ status: 404, retryable: false });
  });

  it('does not hang where nothing answers', async () => {
    let accepted = 0;
    const silent = createServer(() => {
      accepted += 1;
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const env = {
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
      AWS_METADATA_SERVICE_TIMEOUT: '0.2',
    };
    const start = performance.now();
    expect(await instanceCredentials({ env }).get()).toEqual({ absent: `127.0.0.1:${port} does not answer` });
    expect(performance.now() - start).toBeLessThan(2000);
    expect(accepted).toBe(2);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
    expect(await instanceCredentials({ env }).get()).toEqual({ absent: `127.0.0.1:${port} does not answer` });
  });

  it('ends with the reason of the signal', async () => {
    const { double, options } = await machine({});
    const controller = new AbortController();
    const reason = new Error('enough');
    double.handlers.metadata = () => {
      controller.abort(reason);
      return { status: 500 };
    };
    await expect(instanceCredentials(options).get({ signal: controller.signal })).rejects.toBe(reason);
  });
});
