import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the first example of the README', () => {
  it('runs alone, prints what runs, and exits', async () => {
    const readme = await readFile(`${root}/README.md`, 'utf8');
    const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    const child = spawn(
      process.execPath,
      ['--conditions=@falcon-iar/source', '--input-type=module-typescript', '--no-warnings', '-'],
      { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    child.stdin.end(example);
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect([code, output]).toEqual([
      0,
      'seen shop/web-1 main registry.example/web:1.4 sha256:1111111\nsynced with 1 pods\ngone web-1\n',
    ]);
  }, 20_000);
});
