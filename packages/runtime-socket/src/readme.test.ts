import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the README', () => {
  it('has an example that runs alone, whatever runs on the machine', { timeout: 60_000 }, async () => {
    const readme = await readFile(`${root}/README.md`, 'utf8');
    const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? expect.fail('there is no example');
    const args = ['--conditions', '@falcon-iar/source', '--input-type=module-typescript', '-'];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(example);
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(errors).toBe('');
    expect(output.match(/^(?:docker|podman|containerd|crio)\b.*$/gm)).toHaveLength(4);
  });

  it('names every error code', async () => {
    const readme = await readFile(`${root}/README.md`, 'utf8');
    const source = await readFile(`${root}/src/runtime-error.ts`, 'utf8');
    const codes = [...source.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map((match) => match[1] ?? '');
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
  });
});
