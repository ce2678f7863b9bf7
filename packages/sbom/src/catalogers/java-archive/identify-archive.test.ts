// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Maven's own placeholders
import { describe, expect, it } from 'vitest';
import { bufferAccess } from '../../analyze/retained-content.ts';
import { zipOf } from '../../zip/zip.test-support.ts';
import { jarOf, manifestOf, mavenData } from './archive.test-support.ts';
import type { JavaPackage } from './facts.ts';
import { readJavaArchive } from './read-java-archive.ts';

const packagesIn = async (path: string, bytes: Uint8Array): Promise<readonly JavaPackage[]> => {
  const [archive] = await readJavaArchive(bufferAccess(bytes), path);
  return archive?.packages ?? [];
};

const named = async (path: string, bytes: Uint8Array): Promise<string[]> => {
  const packages = await packagesIn(path, bytes);
  return packages.map(({ group, artifact, version, evidence, embedded }) =>
    [`${group}:${artifact}:${version}`, evidence, ...(embedded ? ['embedded'] : [])].join(' '),
  );
};

const guava = mavenData('com.google.guava:guava:31.1-jre');

describe('what an archive is', () => {
  it.each([
    ['its Maven data', 'lib/guava-31.1-jre.jar', guava, {}, 'com.google.guava:guava:31.1-jre pom.properties'],
    ['its Maven data under another name', 'app.jar', guava, {}, 'com.google.guava:guava:31.1-jre pom.properties'],
    [
      'its place in a repository',
      'root/.m2/repository/org/a/lib/1.0/lib-1.0.jar',
      {},
      { 'Implementation-Version': '9' },
      'org.a:lib:1.0 repository path',
    ],
    [
      'a well-known name',
      'lib/spring-core-5.3.9.jar',
      {},
      { 'Implementation-Version': '5.3.9' },
      'org.springframework:spring-core:5.3.9 file name',
    ],
    [
      'the name that Debian gave it',
      'usr/share/java/spring3-core-3.x.jar',
      {},
      { 'Implementation-Title': 'spring-core', 'Implementation-Version': '4.3.30.RELEASE' },
      'org.springframework:spring-core:4.3.30.RELEASE manifest',
    ],
    [
      'a vendor id',
      'lib/thing-1.jar',
      {},
      { 'Implementation-Vendor-Id': 'net.example.things' },
      'net.example.things:thing:1 file name',
    ],
    ['a bundle', 'p/x.y.z_1.2.3.v2024.jar', {}, { 'Bundle-SymbolicName': 'x.y.z' }, 'x.y:x.y.z:1.2.3.v2024 file name'],
    [
      'a module name',
      'p/foo-bar-2.jar',
      {},
      { 'Automatic-Module-Name': 'com.acme.foo.bar' },
      'com.acme.foo:foo-bar:2 file name',
    ],
    [
      'a title of Ivy',
      'app.jar',
      {},
      { 'Implementation-Title': 'com.acme#server;1.4.0' },
      'com.acme:server:1.4.0 manifest',
    ],
    [
      'a Jenkins plugin',
      'plugins/git.jpi',
      {},
      { 'Short-Name': 'git', 'Group-Id': 'org.jenkins-ci.plugins', 'Plugin-Version': '5.2.0' },
      'org.jenkins-ci.plugins:git:5.2.0 manifest',
    ],
    ['a name without version', 'lib/mine.jar', {}, {}, 'undefined:mine: file name'],
  ])('is told by %s', async (_, path, files, attributes: Record<string, string>, expected) => {
    expect(await named(path, jarOf(files, attributes))).toEqual([expected]);
  });

  it('is not the one library that was copied into it', async () => {
    expect(await named('shop-1.0-all.jar', jarOf(guava))).toEqual([
      'undefined:shop:1.0 file name',
      'com.google.guava:guava:31.1-jre pom.properties embedded',
    ]);
    expect(await named('shop.jar', jarOf(guava, { 'Implementation-Version': '7.0' }))).toEqual([
      'undefined:shop:7.0 file name',
      'com.google.guava:guava:31.1-jre pom.properties embedded',
    ]);
  });

  it('is found among many by file name or manifest', async () => {
    const files = { ...guava, ...mavenData('com.acme:shop:1.0'), ...mavenData('com.acme:shop-api:1.0') };
    const others = [
      'com.acme:shop-api:1.0 pom.properties embedded',
      'com.google.guava:guava:31.1-jre pom.properties embedded',
    ];
    expect(await named('opt/shop-1.0.jar', jarOf(files))).toEqual(['com.acme:shop:1.0 pom.properties', ...others]);
    const byTitle = { 'Implementation-Title': 'shop', 'Implementation-Version': '1.0' };
    expect(await named('app.jar', jarOf(files, byTitle))).toEqual(['com.acme:shop:1.0 pom.properties', ...others]);
    const byLongName = await named('acme-shop-1.0.jar', jarOf({ ...guava, ...mavenData('com.acme:shop:1.0') }));
    expect(byLongName[0]).toBe('com.acme:shop:1.0 pom.properties');
  });

  it('takes what pom.properties lacks from pom.xml, its parent, and the path', async () => {
    const pom =
      '<project><parent><groupId>org.p</groupId><version>3</version></parent><artifactId>kid</artifactId></project>';
    const path = 'META-INF/maven/org.path/kid';
    expect(await named('kid.jar', jarOf({ [`${path}/pom.xml`]: pom }))).toEqual(['org.p:kid:3 pom.xml']);
    expect(await named('kid-4.jar', jarOf({ [`${path}/pom.properties`]: 'version=${v}\n' }))).toEqual([
      'org.path:kid:4 pom.properties',
    ]);
    expect(await named('x-1.jar', jarOf({ [`${path}/pom.xml`]: 'no project' }))).toEqual(['org.path:kid:1 pom.xml']);
  });

  it('carries what project and manifest say beside the name', async () => {
    const pom = `<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version><packaging>bundle</packaging>
      <licenses><license><name>Apache-2.0</name></license></licenses>
      <dependencies>
        <dependency><groupId>g</groupId><artifactId>b</artifactId></dependency>
        <dependency><groupId>g</groupId><artifactId>t</artifactId><scope>test</scope></dependency>
      </dependencies></project>`;
    expect(await packagesIn('a-1.jar', jarOf(mavenData('g:a:1', pom), { 'Bundle-License': 'MIT' }))).toMatchObject([
      { licenses: ['Apache-2.0'], packaging: 'bundle', needs: ['g:b'] },
    ]);
    const attributes = {
      'Bundle-License': 'https://a.example/l;description="One, two",EPL-2.0',
      'Bundle-Vendor': 'Acme',
      'Bundle-Description': 'Does things',
      'Bundle-DocURL': 'https://a.example',
    };
    expect(await packagesIn('b-1-linux-x86_64.jar', jarOf({}, attributes))).toMatchObject([
      {
        ...{ licenses: ['https://a.example/l', 'EPL-2.0'], supplier: 'Acme', description: 'Does things' },
        ...{ homepage: 'https://a.example', classifier: 'linux-x86_64' },
      },
    ]);
  });

  it('is nothing without version and code, without anything of Java, nor a module of the JDK', async () => {
    expect(await named('lib/resources.jar', zipOf({ 'META-INF/MANIFEST.MF': manifestOf({}), 'a.txt': '' }))).toEqual(
      [],
    );
    expect(await named('perl/app-1.0.par', zipOf({ 'META.yml': '', 'script/app.pl': '' }))).toEqual([]);
    expect(await named('jmods/java.base.jmod', jarOf({}))).toEqual([]);
  });

  it('is nothing where it holds stubs for an agent', async () => {
    expect(await named('instrumentation/spring-4.0.0-1.0.jar', jarOf({}, { 'Weave-Classes': 'a.B' }))).toEqual([]);
  });
});
