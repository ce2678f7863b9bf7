import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as everything from './index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = await readFile(`${root}/README.md`, 'utf8');

/** Each example, with what it prints; `…` stands for anything. */
const examples = [
  ...readme.matchAll(/^## ([^\n]+)\n(?:(?!^## ).*\n)*?```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/gm),
].map(([, title = '', code = '', printed = '']) => ({ title, code, printed }));

function patternOf(printed: string): RegExp {
  const parts = printed.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

describe('the README', () => {
  it.each(examples)(
    'has an example that runs alone and prints what it says: $title',
    { timeout: 60_000 },
    async (example) => {
      // Read from stdin in the package's own folder, the example finds the package by its name.
      const args = ['--conditions', '@falcon-iar/source', '--input-type=module-typescript', '-'];
      const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
      child.stdin.end(example.code);
      const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
      expect(errors).toBe('');
      expect(output).toMatch(patternOf(example.printed));
    },
  );

  it('has no example that is not run', () => {
    expect(examples.map(({ title }) => title)).toEqual(['Example', 'Directories', 'Seekable layers']);
    expect(readme.match(/^```(?!sh$|text$)\w+$/gm)).toEqual(examples.map(() => '```ts'));
  });

  it('names every error code and every function', async () => {
    const source = await readFile(`${root}/src/extract-error.ts`, 'utf8');
    const codes = [...source.matchAll(/^ {2}\| '([A-Z0-9_]+)'/gm)].map((match) => match[1] ?? '');
    expect(codes.length).toBeGreaterThan(10);
    const functions = Object.entries(everything).flatMap(([name, value]) => (typeof value === 'function' ? name : []));
    expect([...codes, ...functions].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
