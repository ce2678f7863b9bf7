import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFileName } from './parse-file-name.ts';

describe('parseFileName', () => {
  it.each([
    ['commons-lang3-3.12.0', 'commons-lang3', '3.12.0', undefined],
    ['spring-core-5.3.9.RELEASE', 'spring-core', '5.3.9.RELEASE', undefined],
    ['log4j-1.2-api-2.17.1', 'log4j-1.2-api', '2.17.1', undefined],
    ['kafka_2.13-3.6.1', 'kafka_2.13', '3.6.1', undefined],
    ['scala-parallel-collections_2.13-1.0.4', 'scala-parallel-collections_2.13', '1.0.4', undefined],
    ['guava-31.1-jre', 'guava', '31.1-jre', undefined],
    [
      'listenablefuture-9999.0-empty-to-avoid-conflict-with-guava',
      'listenablefuture',
      '9999.0-empty-to-avoid-conflict-with-guava',
      undefined,
    ],
    ['netty-tcnative-2.0.61.Final-linux-x86_64', 'netty-tcnative', '2.0.61.Final', 'linux-x86_64'],
    ['app-1.0-SNAPSHOT-jar-with-dependencies', 'app', '1.0-SNAPSHOT', 'jar-with-dependencies'],
    ['lib-1.2.3-sources', 'lib', '1.2.3', 'sources'],
    ['sisu-guice-3.1.0-no_aop', 'sisu-guice', '3.1.0', 'no_aop'],
    ['org.eclipse.osgi_3.18.0.v20220516-2155', 'org.eclipse.osgi', '3.18.0.v20220516-2155', undefined],
    ['bcprov-jdk15on-1.70', 'bcprov-jdk15on', '1.70', undefined],
    ['gson-2.8.9-1a2b3c4d', 'gson', '2.8.9-1a2b3c4d', undefined],
    ['tool-2-go-api-4.5', 'tool-2-go-api', '4.5', undefined],
    ['plugin_2.13.8-0.13.2', 'plugin_2.13.8', '0.13.2', undefined],
    ['catalina', 'catalina', undefined, undefined],
    ['-1.0', '-1.0', undefined, undefined],
  ])('splits %s', (stem, name, version, classifier) => {
    expect(parseFileName(stem)).toEqual({
      name,
      ...(version !== undefined && { version }),
      ...(classifier !== undefined && { classifier }),
    });
  });

  it('loses nothing of any name', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 255 }), (stem) => {
        const { name, version, classifier } = parseFileName(stem);
        const length = [version, classifier].reduce((sum, part) => sum + (part === undefined ? 0 : part.length + 1), 0);
        expect(name.length + length).toBe(stem.length);
      }),
    );
  });
});
