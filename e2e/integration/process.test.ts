import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry } from '@falcon-iar/oci-registry/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { agentEnvironment, agentProgram, runAgent } from '../support/agent.ts';
import { realImage } from '../support/real-image.ts';
import { canRun } from '../support/required-tools.ts';
import { runToEnd } from '../support/run-tool.ts';
import { writeSmallImage } from '../support/small-image.ts';

const packageJson = JSON.stringify({ name: 'app', version: '1.0.0' });
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-process-'));
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe('the agent as a process', () => {
  it.each([
    ['an unknown verb', ['scam'], 'scam'],
    ['no target', ['scan'], 'target'],
    ['an unknown option', ['scan', 'debian', '--colour'], '--colour'],
    ['an unknown output format', ['scan', 'debian', '-o', 'spreadsheet'], 'spreadsheet'],
    ['two outputs for standard output', ['scan', 'debian', '-o', 'json', '-o', 'purls'], 'json and purls'],
    ['a reference that is none', ['scan', 'Not A Reference'], 'Not A Reference'],
    ['an output into no directory', ['scan', 'oci-layout:.', '-o', 'json=/nonexistent/inventory.json'], '/nonexistent'],
    ['a platform that is none', ['scan', 'debian', '--platform', 'linux'], 'linux'],
  ])('ends with 2 and a hint for %s', async (_, args, mistake) => {
    const { code, stdout, stderr } = await runAgent(args, { cwd: scratch });
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(mistake);
    expect(stderr).toMatch(/^hint: /m);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops at %s in the middle of a layer with %i and leaves nothing behind', async (signal, expected) => {
    await using registry = await createRegistry();
    const entries = [{ path: 'app/data', content: 'data '.repeat(100_000) }];
    const { reference, blobs } = await registry.push('slow/image', '1', { layers: [{ entries, compression: 'none' }] });
    registry.addFault({ on: 'blob', reference: blobs.at(-1)!.digest, fault: { kind: 'stall', after: 200_000 } });
    const results = await mkdtemp(join(scratch, 'results-'));
    const agent = spawn(agentProgram, ['scan', reference, '-o', 'purls', '-o', 'json=inventory.json'], {
      cwd: results,
      env: agentEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr] = [agent.stdout, agent.stderr].map((stream) => stream.setEncoding('utf8').toArray());
    const ended = once(agent, 'close');
    const asked = (): boolean => registry.requests.some(({ path }) => path.endsWith(blobs.at(-1)!.digest));
    await vi.waitFor(() => expect(asked()).toBe(true), { timeout: 20_000 });
    agent.kill(signal);
    const [code] = await ended;
    const files = await readdir(results);
    expect({ code, files, stdout: (await stdout)!.join('') }).toEqual({ code: expected, files: [], stdout: '' });
    expect((await stderr)!.join('')).not.toMatch(/^ +at /m);
  });

  it('ends quietly when nobody reads its output', async () => {
    const { layout } = await writeSmallImage(join(scratch, 'small'), { 'app/package.json': packageJson });
    const command = `'${agentProgram}' scan -q 'oci-layout:${layout}:latest' -o json | true`;
    const { stdout, stderr } = await runToEnd('bash', ['-c', command], { env: agentEnvironment() });
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });

  const real = canRun('large output into a closed pipe', ['mmdebstrap', 'npm', 'chroot'], { root: true });
  it.runIf(real)('ends quietly when its reader takes only the beginning of much', async () => {
    const layout = await (await realImage()).layout('none');
    const command = `'${agentProgram}' scan -q 'oci-layout:${layout}:latest' -o json | head -c 100 | wc -c`;
    const { stdout, stderr } = await runToEnd('bash', ['-c', command], { env: agentEnvironment() });
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: '100', stderr: '' });
  });

  const confined = canRun('a read-only machine', ['unshare', 'mmdebstrap', 'npm', 'chroot'], { root: true });
  it.runIf(confined)('works where no file system can be written to', async () => {
    const layout = await (await realImage()).layout('gzip');
    const script = [
      'mount --make-rprivate /',
      // What cannot be remounted (kernel interfaces) is nothing an agent would write to.
      'for directory in $(cut -d" " -f2 /proc/self/mounts); do mount -o remount,bind,ro "$directory" 2>/dev/null; done',
      'for directory in /tmp /var/tmp /dev/shm "$HOME" .; do ! touch "$directory/probe" 2>/dev/null || exit 99; done',
      'exec "$0" "$@"',
    ].join('\n');
    const args = ['-m', 'bash', '-c', script, agentProgram, 'scan', '-q', `oci-layout:${layout}:latest`, '-o', 'purls'];
    const env = agentEnvironment({ HOME: process.env.HOME });
    const { code, stdout, stderr } = await runToEnd('unshare', args, { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^pkg:deb\/debian\/perl@/m);
  });
});
