import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the README', () => {
  it('has an example that runs alone', { timeout: 30_000 }, async () => {
    const readme = await readFile(`${root}/README.md`, 'utf8');
    const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? expect.fail('there is no example');
    // Read from stdin in the package's own folder, the example finds the package by its name.
    const args = ['--conditions', '@falcon-iar/source', '--input-type=module-typescript', '-'];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(example);
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(errors).toBe('');
    expect(output).toMatch(/^arm64 sha256:[0-9a-f]{64}\n.*\+gzip sha256:[0-9a-f]{64} \d+ bytes verified\n$/);
  });

  it('names every error code of ours', async () => {
    const readme = await readFile(`${root}/README.md`, 'utf8');
    const source = await readFile(`${root}/src/error-codes.ts`, 'utf8');
    const codes = [...source.matchAll(/^ {2}\| '([A-Z0-9_]+)'/gm)].map((match) => match[1] ?? '');
    const fromSpec = /^(?:BLOB_UPLOAD|MANIFEST_BLOB|MANIFEST_UNVERIFIED|NAME_INVALID|TAG_INVALID|UNKNOWN|UNSUPPORTED)/;
    const ours = codes.filter((code) => !fromSpec.test(code));
    expect(ours.length).toBeGreaterThan(20);
    expect(ours.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
  });
});
