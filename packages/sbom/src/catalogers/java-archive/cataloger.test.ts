import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { analyzeLayer } from '../../analyze/analyze-layer.ts';
import { createByteBudget } from '../../analyze/byte-budget.ts';
import type { Scratch } from '../../analyze/scratch.ts';
import { eventsOf, inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { zipOf } from '../../zip/zip.test-support.ts';
import { fatJarOf, jarOf, mavenData } from './archive.test-support.ts';
import { javaArchiveCataloger } from './cataloger.ts';
import type { JavaArchiveFacts } from './facts.ts';

const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [javaArchiveCataloger as Cataloger]);
const lib = (coordinates: string, pom?: string): Buffer => jarOf(mavenData(coordinates, pom));

const pomNeeding = (...needs: string[]): string => {
  const dependencies = needs.map((need) => {
    const [group, artifact] = need.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId></dependency>`;
  });
  return `<project><artifactId>x</artifactId><dependencies>${dependencies.join('')}</dependencies></project>`;
};

describe('javaArchiveCataloger', () => {
  it('makes packages of an application and its libraries', async () => {
    const a = lib('org.a:a:1');
    const { packages, complete } = await inventory({
      'opt/app.jar': fatJarOf({ ...mavenData('com.acme:shop:2'), 'BOOT-INF/lib/a-1.jar': a }),
    });
    expect(packages).toMatchObject([
      {
        ...{ type: 'maven', class: 'language', scope: 'installed', purl: 'pkg:maven/com.acme/shop@2' },
        occurrences: [{ path: 'opt/app.jar' }],
      },
      {
        ...{ namespace: 'org.a', name: 'a', version: '1', purl: 'pkg:maven/org.a/a@1' },
        hashes: [{ algorithm: 'SHA-1', content: createHash('sha1').update(a).digest('hex') }],
        occurrences: [{ path: 'opt/app.jar!/BOOT-INF/lib/a-1.jar' }],
        details: { evidence: 'pom.properties' },
      },
    ]);
    expect(complete).toBe(true);
  });

  it('makes one package of one archive in two places', async () => {
    const a = lib('org.a:a:1');
    const result = await inventory({ 'opt/a.jar': a, 'srv/b.war': zipOf({ 'WEB-INF/lib/a-1.jar': a }) });
    expect(placesOf(result)).toEqual([
      { name: 'a', path: 'opt/a.jar', layer: 0, introducedIn: 0 },
      { name: 'a', path: 'srv/b.war!/WEB-INF/lib/a-1.jar', layer: 0, introducedIn: 0 },
    ]);
  });

  it('says which layer first had a library in a place', async () => {
    const app = (version: string) => fatJarOf({ 'l/a.jar': lib('org.a:a:1'), 'l/b.jar': lib(`org.b:b:${version}`) });
    expect(placesOf(await inventory({ 'app.war': app('1') }, { 'app.war': app('2') }))).toMatchObject([
      { name: 'app', layer: 1, introducedIn: 0 },
      { name: 'a', layer: 1, introducedIn: 0 },
      { name: 'b', layer: 1, introducedIn: 1 },
    ]);
  });

  it('tells archives without a version apart by their content', async () => {
    const { packages } = await inventory({ 'a/app.jar': jarOf({}), 'b/app.jar': jarOf({ more: 'x' }) });
    expect(packages).toHaveLength(2);
    expect(packages[0]).toMatchObject({ name: 'app', version: '' });
    expect(packages[0]?.purl).toMatch(/^pkg:maven\/app\?checksum=sha1:[0-9a-f]{40}$/);
  });

  it('gives no hash of the archive to what was copied into it', async () => {
    const { packages } = await inventory({ 'shop-1.jar': jarOf({ ...mavenData('g:x:1'), ...mavenData('g:y:1') }) });
    expect(packages.map(({ name, hashes, details }) => [name, hashes !== undefined, details.embedded])).toEqual([
      ['shop', true, undefined],
      ['x', false, true],
      ['y', false, true],
    ]);
  });

  it('gives a package its own hash, although it is also copied into another', async () => {
    const a = lib('g:a:1');
    const shaded = jarOf({ ...mavenData('g:all:1'), ...mavenData('g:a:1') });
    const { packages } = await inventory({ '0/all-1.jar': shaded, '1/a.jar': a });
    expect(packages.find(({ name }) => name === 'a')).toMatchObject({
      ...{ hashes: [{ content: createHash('sha1').update(a).digest('hex') }] },
      ...{ occurrences: [{ path: '0/all-1.jar' }, { path: '1/a.jar' }], details: { evidence: 'pom.properties' } },
    });
  });

  it('relates packages in one file, then beside it, then where there is no doubt', async () => {
    const { packages, relationships } = await inventory({
      'one/app.jar': fatJarOf({
        ...mavenData('g:one:1', pomNeeding('g:lib', 'g:lonely', 'g:twice', 'g:missing', 'g:one', 'nobody:ungrouped')),
        'lib/lib.jar': lib('g:lib:1'),
      }),
      'two/app.jar': fatJarOf({ ...mavenData('g:two:1', pomNeeding('g:lib')), 'lib/lib.jar': lib('g:lib:2') }),
      'two/lib.jar': lib('g:lib:3'),
      'three/x.jar': lib('g:lonely:1'),
      'three/y.jar': lib('g:twice:1'),
      'four/y.jar': lib('g:twice:2'),
      'four/z.jar': lib('g:z:1', pomNeeding('g:twice')),
      'four/ungrouped-1.jar': jarOf({}),
    });
    const names = new Map(packages.map(({ id, name, version }) => [id, `${name}@${version}`]));
    expect(relationships.map(({ from, to }) => `${names.get(from)} > ${names.get(to)}`).sort()).toEqual([
      'one@1 > lib@1',
      'one@1 > lonely@1',
      'one@1 > ungrouped@1',
      'two@1 > lib@2',
      'z@1 > twice@2',
    ]);
  });

  it('finds archives that lie unpacked, and those that only a link calls so', async () => {
    const result = await inventory({
      ...Object.fromEntries(
        Object.entries(mavenData('org.a:a:1')).map(([name, text]) => [`app/WEB-INF/classes/${name}`, text]),
      ),
      'app/META-INF/maven/g/huge/pom.properties': 'x'.repeat(100_000),
      'app/META-INF/maven/g/none/pom.properties': 'nothing',
      'app/pom.properties': 'version=1\ngroupId=g\nartifactId=elsewhere\n',
      'blobs/abc': lib('org.b:b:1'),
      'lib/b.jar': { link: '/blobs/abc' },
      'lib/dir.jar': { directory: true },
    });
    expect(placesOf(result).map(({ name, path }) => [name, path])).toEqual([
      ['a', 'app/WEB-INF/classes/META-INF/maven/org.a/a/pom.properties'],
      ['b', 'lib/b.jar'],
    ]);
    expect(result.problems).toMatchObject([{ code: 'too-large', path: 'app/META-INF/maven/g/huge/pom.properties' }]);
  });

  it('takes the names that a repository of links gives to archives without Maven data', async () => {
    const repository = 'usr/share/maven-repo/org/apache/tomcat';
    const { packages } = await inventory({
      'usr/share/java/tomcat9-catalina.jar': jarOf({}, { 'Implementation-Version': '9.0.70' }),
      [`${repository}/tomcat-catalina/9.x/tomcat-catalina-9.x.jar`]: { link: '/usr/share/java/tomcat9-catalina.jar' },
      [`${repository}/other/debian/other-debian.jar`]: { link: '/usr/share/java/known-1.jar' },
      'usr/share/java/known-1.jar': lib('org.known:known:1'),
      'usr/share/java/two.jar': jarOf({}),
      [`${repository}/zwei/2.0/zwei-2.0.jar`]: { link: '/usr/share/java/two.jar' },
      [`${repository}/two/2.0/two-2.0.jar`]: { link: '/usr/share/java/two.jar' },
    });
    expect(packages.map(({ purl, details }) => [purl, details.evidence])).toEqual([
      ['pkg:maven/org.apache.tomcat/tomcat-catalina@9.0.70', 'repository path'],
      ['pkg:maven/org.apache.tomcat/two@2.0', 'repository path'],
      ['pkg:maven/org.known/known@1', 'pom.properties'],
    ]);
  });

  it('takes the version that such a link gives where the archive has nothing but a file name of its own', async () => {
    const path = 'usr/share/java/atinject-jsr330-api-1.0.jar';
    const repository = 'usr/share/maven-repo/javax/inject/javax.inject';
    const { packages } = await inventory({
      [path]: jarOf({}),
      [`${repository}/debian/javax.inject-debian.jar`]: { link: `/${path}` },
      [`${repository}/1/javax.inject-1.jar`]: { link: `/${path}` },
    });
    expect(packages.map(({ purl }) => purl)).toEqual(['pkg:maven/javax.inject/javax.inject@1']);
  });

  it('reads an archive that exceeds the byte budget from scratch', async () => {
    const bytes = fatJarOf({ ...mavenData('g:big:1'), 'l/a.jar': lib('g:a:1'), blob: randomBytes(300_000) });
    let reads = 0;
    const scratch: Scratch = {
      async store(content, size) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of content) chunks.push(chunk);
        const stored = Buffer.concat(chunks);
        const read = async (offset: number, length: number) => {
          reads += 1;
          return stored.subarray(offset, offset + length);
        };
        return { size, read, close: async () => undefined };
      },
    };
    const options = { catalogers: [javaArchiveCataloger as Cataloger], budget: createByteBudget(100_000) };
    const kept = await analyzeLayer(eventsOf({ 'big.jar': bytes }), { ...options, scratch });
    const facts = kept.paths[0]?.facts['java-archive'] as JavaArchiveFacts | undefined;
    const names = facts?.archives.map(({ packages }) => packages[0]);
    expect(names).toMatchObject([{ artifact: 'big' }, { artifact: 'a' }]);
    expect(reads).toBeGreaterThan(5);
    const refused = await analyzeLayer(eventsOf({ 'big.jar': bytes }), options);
    expect(refused.problems).toMatchObject([{ code: 'too-large', path: 'big.jar' }]);
  });

  it('reports broken archives, except empty ones and those whose name may mean another format', async () => {
    const { problems } = await inventory({ 'a.jar': 'text', 'b.jar': '', 'c.rar': 'Rar!', 'd.war': 'PK' });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['a.jar', 'malformed'],
      ['d.war', 'malformed'],
    ]);
  });
});
