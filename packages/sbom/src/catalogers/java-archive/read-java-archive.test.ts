import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bufferAccess } from '../../analyze/retained-content.ts';
import { makeZip, zipOf } from '../../zip/zip.test-support.ts';
import { fatJarOf, jarOf, mavenData } from './archive.test-support.ts';
import type { JavaArchiveLimits } from './archive-work.ts';
import { readJavaArchive } from './read-java-archive.ts';

const lib = (name: string): Buffer => jarOf(mavenData(`org.a:${name}:1`));

const read = async (bytes: Uint8Array, limits: Partial<JavaArchiveLimits> = {}, path = 'app.war') => {
  const problems: string[] = [];
  const problem = (code: string, reason: string): void => void problems.push(`${code}: ${reason}`);
  const archives = await readJavaArchive(bufferAccess(bytes), path, { limits, problem });
  const names = archives.flatMap(({ inner, packages }) =>
    packages.map(({ artifact, version }) => `${inner ?? '.'} ${artifact}@${version}`),
  );
  return { archives, names, problems };
};

/** An archive within an archive and so on, `depth` times. */
const nested = (depth: number): Buffer => (depth === 0 ? lib('core') : zipOf({ [`d${depth}.jar`]: nested(depth - 1) }));

describe('readJavaArchive', () => {
  it('finds archives at any path, stored or compressed, and hashes each', async () => {
    const a = lib('a');
    const inner = fatJarOf({ 'BOOT-INF/lib/a.jar': a, 'deep/er/b.JAR': lib('b') }, { 'Implementation-Version': '2' });
    const { archives, names, problems } = await read(zipOf({ 'WEB-INF/lib/inner.jar': inner, 'x/c.jar': lib('c') }));
    expect(names).toEqual([
      'WEB-INF/lib/inner.jar inner@2',
      'WEB-INF/lib/inner.jar!/BOOT-INF/lib/a.jar a@1',
      'WEB-INF/lib/inner.jar!/deep/er/b.JAR b@1',
      'x/c.jar c@1',
    ]);
    expect(archives[0]?.sha1).toBe(createHash('sha1').update(inner).digest('hex'));
    expect(archives[1]?.sha1).toBe(createHash('sha1').update(a).digest('hex'));
    expect(problems).toEqual([]);
  });

  it('reads eight archives deep by default', async () => {
    expect((await read(nested(8))).names).toHaveLength(1);
    const { names, problems } = await read(nested(9));
    expect(names).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^too-large: in d9\.jar!.*: archives more than 8 deep in each other$/);
  });

  it('stops at its limits, says so once, and keeps what it has', async () => {
    const war = zipOf(Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`lib/${name}.jar`, lib(name)])));
    expect(await read(war, { archives: 3 })).toMatchObject({
      names: ['lib/a.jar a@1', 'lib/b.jar b@1'],
      problems: ['too-large: in lib/c.jar: more than 3 archives'],
    });
    expect(await read(war, { packages: 1 })).toMatchObject({
      names: ['lib/a.jar a@1'],
      problems: ['too-large: more than 1 packages'],
    });
    expect(await read(war, { entries: 7 })).toMatchObject({
      names: ['lib/a.jar a@1'],
      problems: ['too-large: in lib/b.jar: more than 7 entries'],
    });
    const held = await read(war, { heldBytes: 10 });
    expect(held.names).toEqual([]);
    expect(held.problems).toHaveLength(4);
    const inflated = await read(war, { inflatedBytes: 1000 });
    expect(inflated.names).toEqual(['lib/a.jar a@1']);
    expect(inflated.problems).toEqual(['too-large: in lib/b.jar: more than 1000 bytes decompressed']);
    expect(await read(war, { projectBytes: 200 })).toMatchObject({
      names: ['lib/a.jar a@1', 'lib/b.jar b@1', 'lib/c.jar c@1', 'lib/d.jar d@'],
      problems: ['too-large: in lib/d.jar: more than 200 bytes of Maven data'],
    });
    const projects = jarOf({ ...mavenData('g:a:1'), ...mavenData('g:b:1'), ...mavenData('g:c:1') });
    expect(await read(projects, { projects: 2 }, 'a.jar')).toMatchObject({
      names: ['. a@1', '. b@1'],
      problems: ['too-large: data of more than 2 Maven projects'],
    });
  });

  it('ends a bomb of archives that all hold the same swelling archive', async () => {
    const swollen = zipOf({ 'META-INF/MANIFEST.MF': Buffer.alloc(15_000_000), 'a.class': '' });
    const bomb = zipOf(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${index}.jar`, swollen])));
    const { problems } = await read(bomb);
    expect(problems.some((problem) => problem.includes('bytes decompressed'))).toBe(true);
  });

  it('reports entries that share bytes, have a password, or lie about their size, and reads the rest', async () => {
    const content = lib('a');
    const war = makeZip([
      { name: 'one.jar', content, stored: true },
      { name: 'two.jar', content, stored: true, sameAs: 0 },
      { name: 'locked.jar', content, flags: 1 },
      { name: 'odd.jar', content, method: 99 },
      { name: 'liar.jar', content, stated: { size: content.length - 1 } },
      { name: 'text.jar', content: 'no archive' },
      { name: 'text.rar', content: 'Rar!' },
      { name: 'empty.jar', content: '' },
      { name: 'good.jar', content },
    ]);
    const { names, problems } = await read(war);
    expect(names).toEqual(['good.jar a@1']);
    expect(problems).toEqual([
      'malformed: in one.jar: one.jar: it shares bytes with another entry',
      'malformed: in two.jar: two.jar: it shares bytes with another entry',
      'unsupported: in locked.jar: locked.jar: it is encrypted',
      'unsupported: in odd.jar: odd.jar: compressed by method 99',
      `malformed: in liar.jar: liar.jar: more than its ${content.length - 1} bytes`,
      'malformed: in text.jar: not a zip archive',
    ]);
  });

  it('counts the problems of a file that has too many', async () => {
    const { problems } = await read(zipOf(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.jar`, 'x']))));
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toBe('malformed: 30 more problems in this file');
  });

  it('reports a broken directory and a manifest beyond all measure', async () => {
    const bytes = jarOf({});
    bytes.write('XX', bytes.lastIndexOf('PK\x01\x02', undefined, 'latin1'), 'latin1');
    expect((await read(bytes)).problems).toEqual(['malformed: a broken entry in the directory']);
    const huge = zipOf({ 'META-INF/MANIFEST.MF': Buffer.alloc(200_000), 'a.class': '' });
    const { names, problems } = await read(huge, { manifestBytes: 1000 }, 'a-1.jar');
    expect(names).toEqual(['. a@1']);
    expect(problems).toEqual(['too-large: META-INF/MANIFEST.MF: 200000 bytes, the limit is 1000']);
  });

  it('makes names printable', async () => {
    const { names } = await read(zipOf({ 'l\u0000\u001b[31m/a-1.jar': jarOf({}) }));
    expect(names).toEqual(['l\u{fffd}\u{fffd}[31m/a-1.jar a@1']);
  });

  it('stops when it is told to', async () => {
    const reason = new Error('enough');
    const reading = readJavaArchive(bufferAccess(jarOf({})), 'a.jar', { signal: AbortSignal.abort(reason) });
    await expect(reading).rejects.toBe(reason);
  });

  it('passes on what reading the file itself throws', async () => {
    const broken = { size: 100, read: () => Promise.reject(new TypeError('the disk is gone')) };
    await expect(readJavaArchive(broken, 'a.jar')).rejects.toThrow('the disk is gone');
  });

  it('reads any mutation of an archive without error', async () => {
    const seed = fatJarOf({
      ...mavenData('g:a:1', '<project><artifactId>a</artifactId></project>'),
      'l/b.jar': lib('b'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(5000), fc.nat(255)), { maxLength: 8 }), async (changes) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const { archives } = await read(bytes);
        expect(archives.length).toBeLessThan(5);
      }),
      { numRuns: 200 },
    );
  });
});
