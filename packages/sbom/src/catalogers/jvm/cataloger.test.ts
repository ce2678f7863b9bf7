import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { jvmCataloger } from './cataloger.ts';
import { parseJvmRelease } from './parse-release.ts';

const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [jvmCataloger as Cataloger]);
const temurin = `IMPLEMENTOR="Eclipse Adoptium"
JAVA_RUNTIME_VERSION="21.0.4+7-LTS"
JAVA_VERSION="21.0.4"
LIBC="gnu"
MODULES="${'java.base '.repeat(300)}"
OS_ARCH="aarch64"
OS_NAME="Linux"
BUILD_SOURCE_REPO="https://token:x@github.com/adoptium/build.git"
JVM_VARIANT="Hotspot"
IMAGE_TYPE="JRE"
`;

describe('jvmCataloger', () => {
  it('makes a package of a runtime', async () => {
    const { packages } = await inventory({
      'opt/java/release': temurin,
      'opt/java/bin/java': 'x',
      'opt/java/bin/javac': '',
    });
    expect(packages).toMatchObject([
      {
        ...{ type: 'generic', class: 'binary', namespace: 'eclipse-adoptium', name: 'jre', version: '21.0.4+7-LTS' },
        purl:
          'pkg:generic/eclipse-adoptium/jre@21.0.4%2B7-LTS?repository_url=' +
          'https:%2F%2Fgithub.com%2Fadoptium%2Fbuild.git',
        cpes: ['cpe:2.3:a:oracle:openjdk:21.0.4:*:*:*:*:*:*:*'],
        details: {
          javaVersion: '21.0.4',
          architecture: 'aarch64',
          operatingSystem: 'Linux',
          libc: 'gnu',
          variant: 'Hotspot',
        },
      },
    ]);
  });

  it.each([
    ['a compiler makes a JDK', { 'bin/java': '', 'bin/javac': '' }, 'JAVA_VERSION="17"', 'pkg:generic/jdk@17'],
    ['none makes a JRE', { 'lib/modules': '' }, 'JAVA_VERSION="17.0.1"', 'pkg:generic/jre@17.0.1'],
    [
      'nor does a vendor without name',
      { 'lib/modules': '' },
      'JAVA_VERSION=17\nIMPLEMENTOR="N/A"',
      'pkg:generic/jre@17',
    ],
  ])('tells the kind: %s', async (_, files, text, purl) => {
    const { packages } = await inventory({
      'jvm/release': text,
      ...Object.fromEntries(Object.entries(files).map(([name, content]) => [`jvm/${name}`, content])),
    });
    expect(packages.map((pkg) => pkg.purl)).toEqual([purl]);
  });

  it.each([
    [
      'IMPLEMENTOR="Oracle Corporation"\nJAVA_VERSION="1.8.0_402"',
      ['cpe:2.3:a:oracle:jre:1.8.0:update402:*:*:*:*:*:*'],
    ],
    ['JAVA_VERSION="1.8.0_402"', ['cpe:2.3:a:oracle:openjdk:8:update402:*:*:*:*:*:*']],
    ['JAVA_VERSION="1.7.0"', ['cpe:2.3:a:oracle:openjdk:7:-:*:*:*:*:*:*']],
    [
      'IMPLEMENTOR="Azul Systems, Inc."\nJAVA_VERSION="17.0.9"',
      ['cpe:2.3:a:azul:zulu:17.0.9:*:*:*:*:*:*:*', 'cpe:2.3:a:oracle:openjdk:17.0.9:*:*:*:*:*:*:*'],
    ],
  ])('gives the names of the vulnerability database for %j', async (text, cpes) => {
    const { packages } = await inventory({ 'j/release': text, 'j/bin/java': '' });
    expect(packages[0]?.cpes).toEqual(cpes);
  });

  it('passes over other files of that name, and runtimes that are gone', async () => {
    const { packages, complete } = await inventory(
      { 'jvm/release': 'JAVA_VERSION="17"', 'jvm/bin/java': '', 'etc/release': 'Debian 12', 'late/bin/java': '' },
      {
        'jvm/bin/java': null,
        'late/release': `${'#'.repeat(5000)}\nJAVA_VERSION="17"`,
        'd/release': { directory: true },
      },
    );
    expect(packages).toEqual([]);
    expect(complete).toBe(true);
  });

  it('says which layer first had this version', async () => {
    const { packages } = await inventory(
      { 'j/release': 'JAVA_VERSION="17"', 'j/bin/java': '' },
      { 'j/release': 'JAVA_VERSION="17"\n' },
    );
    expect(packages[0]?.occurrences).toMatchObject([{ layer: 1, introducedIn: 0 }]);
  });

  it('reads no more of a file than it needs', async () => {
    const { packages } = await inventory({
      'j/release': `JAVA_VERSION="17"\n${'x'.repeat(1_000_000)}`,
      'j/bin/java': '',
    });
    expect(packages).toHaveLength(1);
  });
});

it('parseJvmRelease reads anything without error', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseJvmRelease(`JAVA_VERSION="1"\n${text}`)));
  expect(parseJvmRelease('JAVA_VERSION="none"')).toBeUndefined();
  expect(parseJvmRelease('JAVA_VERSION="1 7"')).toBeUndefined();
});
