import { expect, it } from 'vitest';
import { parseSourceRpm } from './parse-source-rpm.ts';

it.each([
  ['bash-5.1.8-6.el9.src.rpm', { name: 'bash', version: '5.1.8-6.el9' }],
  ['gcc-toolset-13-13.0-2.nosrc.rpm', { name: 'gcc-toolset-13', version: '13.0-2' }],
  ['(none)', undefined],
  ['bash.src.rpm', undefined],
  ['-1-2.src.rpm', undefined],
  ['bash-5.1-6.x86_64.rpm', undefined],
])('parseSourceRpm reads %s', (fileName, expected) => {
  expect(parseSourceRpm(fileName)).toEqual(expected);
});
