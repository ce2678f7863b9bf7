import {
  createRegistry,
  type FaultRule,
  type TestRegistry,
  type TestRegistryOptions,
} from '@falcon-iar/oci-registry/testing';
import { describe, expect, it } from 'vitest';
import { runAgent } from '../support/agent.ts';
import type { ToolResult } from '../support/run-tool.ts';

const entries = [
  { path: 'app/package.json', content: JSON.stringify({ name: 'app', version: '1.0.0' }) },
  { path: 'app/data', content: 'data '.repeat(100_000) },
];

async function scanFrom(
  options: TestRegistryOptions,
  args: readonly string[] = [],
  input?: string,
): Promise<ToolResult & { readonly requests: TestRegistry['requests'] }> {
  await using registry = await createRegistry(options);
  const { reference } = await registry.push('team/app', '1', { layers: [{ entries, compression: 'none' }] });
  const result = await runAgent(
    ['scan', '-q', reference, '-o', 'purls', ...args],
    input === undefined ? {} : { input },
  );
  return { ...result, requests: registry.requests };
}

describe('iar scan from a registry that is in trouble', () => {
  const passing: [string, FaultRule][] = [
    [
      'a connection that breaks in the middle of a layer',
      { on: 'blob', times: 1, fault: { kind: 'cut', after: 100_000 } },
    ],
    ['a connection that ends without an answer', { on: 'manifest', times: 1, fault: { kind: 'reset' } }],
    ['a registry that is busy', { times: 1, fault: { kind: 'status', status: 429, retryAfter: 1 } }],
    ['a gateway that fails', { on: 'blob', times: 1, fault: { kind: 'status', status: 503 } }],
    ['a redirect to another host', { on: 'blob', fault: { kind: 'redirect' } }],
  ];

  it.each(passing)('gets over %s', async (_, fault) => {
    const { code, stdout, stderr } = await scanFrom({ faults: [fault] });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'pkg:npm/app@1.0.0\n', stderr: '' });
  });

  const lasting: [string, FaultRule][] = [
    ['always breaks the connection', { on: 'blob', fault: { kind: 'reset' } }],
    ['is down', { fault: { kind: 'status', status: 503 } }],
    ['wants nobody for an hour', { on: 'manifest', fault: { kind: 'status', status: 429, retryAfter: 3600 } }],
    ['sends more than it promised', { on: 'blob', fault: { kind: 'oversize', bytes: 600_000, chunked: true } }],
    [
      'sends a manifest over the limit',
      { on: 'manifest', fault: { kind: 'oversize', bytes: 64 << 20, chunked: true } },
    ],
  ];

  it.each(lasting)('gives up on one that %s, in one line with a hint', async (_, fault) => {
    const { code, stdout, stderr } = await scanFrom({ faults: [fault] });
    expect({ code, stdout }, stderr).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^iar: error: \[[A-Z_]+\] [^\n]*127\.0\.0\.1[^\n]*\nhint: [^\n]+\n$/);
  });

  it('gets a token with the password it was given, and says so when the password is wrong', async () => {
    const auth = { type: 'bearer', username: 'reader', password: 'right' } as const;
    const args = ['--username', 'reader', '--password-stdin'];
    expect(await scanFrom({ auth }, args, 'right\n')).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout, stderr } = await scanFrom({ auth }, args, 'wr0ng\n');
    expect({ code, stdout }, stderr).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^iar: error: \[[A-Z_]+\] [^\n]+\nhint: [^\n]+\n$/);
    expect(stderr).not.toContain('wr0ng');
  });

  it('asks for each layer once, and for nothing that it does not need', async () => {
    const { requests } = await scanFrom({});
    const paths = requests.map(({ method, path }) => `${method} ${path}`);
    expect(paths.length).toBe(new Set(paths).size);
    expect(paths.filter((path) => path.includes('/blobs/'))).toHaveLength(2);
  });
});
