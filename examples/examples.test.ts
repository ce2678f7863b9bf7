import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

// Each example runs as its reader would run it: by Node alone, with the built packages.
const expected: Readonly<Record<string, RegExp>> = {
  'read-one-file.ts': /^ID=debian\nVERSION_ID="12"\n/,
  'scan-with-the-packages.ts': /^(?=[\s\S]*\bbash\b)(?=[\s\S]*@shop\/cart)(?![\s\S]*left-pad)/,
  'upload-to-the-falcon-double.ts': /^accepted by the upload host, \d+ bytes\nthe cloud now has sha256:(?:ab){32}\n$/,
};
const partOfOthers = ['sample-registry.ts'];

it('knows every example', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^[^.]+\.ts$/.test(name));
  expect(files.sort()).toEqual([...Object.keys(expected), ...partOfOthers].sort());
});

it.each(Object.entries(expected))('%s prints what it promises', async (name, output) => {
  const { stdout, stderr } = await promisify(execFile)('node', [join(import.meta.dirname, name)]);
  expect(stdout).toMatch(output);
  expect(stderr).toBe('');
});
