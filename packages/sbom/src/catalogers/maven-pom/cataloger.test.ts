import { expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { mavenPomCataloger } from './cataloger.ts';

const dependency = (name: string, rest = '<version>1</version>'): string =>
  `<dependency><groupId>g</groupId><artifactId>${name}</artifactId>${rest}</dependency>`;

it('lists what a project will ship, as declared', async () => {
  const pom = `<project><artifactId>a</artifactId><dependencies>${[
    dependency('plain'),
    dependency('run', '<version>2</version><scope>runtime</scope>'),
    dependency('test', '<version>1</version><scope>test</scope>'),
    dependency('optional', '<version>1</version><optional>true</optional>'),
    dependency('range', '<version>[1,2)</version>'),
    dependency('versionless', ''),
  ].join('')}</dependencies></project>`;
  const { packages, problems } = await inventoryOf(
    [
      {
        'src/pom.xml': pom,
        'app/META-INF/maven/g/a/pom.xml': pom,
        'templates/pom.xml': '{{ template }}',
        'big/pom.xml': `<project>${' '.repeat(2 * 1024 * 1024)}</project>`,
      },
    ],
    [mavenPomCataloger as Cataloger],
  );
  expect(packages.map(({ purl, scope, occurrences }) => [purl, scope, occurrences.length])).toEqual([
    ['pkg:maven/g/plain@1', 'declared', 1],
    ['pkg:maven/g/run@2', 'declared', 1],
  ]);
  expect(problems).toMatchObject([{ code: 'too-large', path: 'big/pom.xml' }]);
});
