import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { gradleCataloger } from './cataloger.ts';
import { parseGradleLockLine } from './parse-gradle-lock.ts';
import { parseSbtLock } from './parse-sbt-lock.ts';

const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [gradleCataloger as Cataloger]);
const sbtLock = (dependencies: unknown): string => JSON.stringify({ lockVersion: 1, timestamp: 'x', dependencies });

describe('gradleCataloger', () => {
  it('lists locked modules of both formats as declared', async () => {
    const { packages, complete } = await inventory({
      'src/gradle.lockfile':
        '# comment\r\norg.a:a:1.0=compileClasspath,runtimeClasspath\r\norg.b:b:2=x\r\nempty=annotationProcessor\r\n',
      'src/buildscript-gradle.lockfile': 'org.c:c:3=classpath\n',
      'src/gradle/dependency-locks/compile.lockfile': 'org.d:d:4\n',
      'src/other.lockfile': 'org.e:e:5=x\n',
    });
    expect(packages.map(({ purl, scope, details }) => [purl, scope, details.configurations])).toEqual([
      ['pkg:maven/org.a/a@1.0', 'declared', ['compileClasspath', 'runtimeClasspath']],
      ['pkg:maven/org.b/b@2', 'declared', ['x']],
      ['pkg:maven/org.c/c@3', 'declared', ['classpath']],
      ['pkg:maven/org.d/d@4', 'declared', undefined],
    ]);
    expect(complete).toBe(true);
  });

  it('lists locked dependencies of sbt with their hashes', async () => {
    const hash = 'A'.repeat(40);
    const { packages } = await inventory({
      'build.sbt.lock': sbtLock([
        {
          org: 'org.a',
          name: 'a_2.13',
          version: '1',
          artifacts: [{ name: 'a.jar', hash: `sha1:${hash}` }],
          configurations: ['compile', 7],
        },
        { org: 'org.b', name: 'b', version: '2' },
        { org: 'org.c', name: 'c' },
        null,
      ]),
    });
    expect(packages).toMatchObject([
      {
        purl: 'pkg:maven/org.a/a_2.13@1',
        hashes: [{ algorithm: 'SHA-1', content: 'a'.repeat(40) }],
        details: { configurations: ['compile'] },
      },
      { purl: 'pkg:maven/org.b/b@2' },
    ]);
  });

  it('reports what it cannot read', async () => {
    const { packages, problems } = await inventory({
      'a/build.sbt.lock': '{',
      'b/build.sbt.lock': ' '.repeat(33 * 1024 * 1024),
      'c/gradle.lockfile': Array.from({ length: 20_010 }, (_, index) => `g:a${index}:1=x`).join('\n'),
      'd/gradle.lockfile': `g:d:1=x\n${' '.repeat(33 * 1024 * 1024)}`,
    });
    expect(packages).toHaveLength(20_001);
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['a/build.sbt.lock', 'malformed'],
      ['b/build.sbt.lock', 'too-large'],
      ['c/gradle.lockfile', 'too-large'],
      ['d/gradle.lockfile', 'too-large'],
    ]);
  });
});

it('the parsers read anything without error', () => {
  fc.assert(fc.property(fc.string(), (line) => void parseGradleLockLine(line)));
  fc.assert(fc.property(fc.json(), (text) => void parseSbtLock(text)));
  expect(parseSbtLock('{"lockVersion":1,"dependencies":{}}')).toBeUndefined();
  expect(parseGradleLockLine('a:b:c:d=x')).toBeUndefined();
});
