import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { javaArchiveSuffix, javaArchiveSuffixes } from './archive-name.ts';
import type { JavaArchiveFacts } from './facts.ts';
import { projectPackage } from './identify-archive.ts';
import { javaFindings } from './package.ts';
import { parsePomProperties } from './parse-pom-properties.ts';
import { readJavaArchive } from './read-java-archive.ts';

/** Bytes; Maven writes three lines. */
const maxPropertiesBytes = 64 * 1024;

/** Java packages in archives of every kind and in archives within them, and those of archives that lie unpacked. */
export const javaArchiveCataloger: Cataloger<JavaArchiveFacts> = {
  name: 'java-archive',
  version: '1',
  description: {
    title: 'Java archives',
    selects: [...javaArchiveSuffixes.map((suffix) => `**/*${suffix}`), '**/META-INF/maven/*/*/pom.properties'],
    reads:
      'Maven data, manifest, file name and place of each archive and of all archives within it, and the SHA-1 of each',
    emits: ['maven'],
  },
  select: {
    suffixes: javaArchiveSuffixes,
    names: ['pom.properties'],
    path: (path, kind) =>
      (kind === 'file' || kind === 'symlink' || kind === 'hardlink') &&
      (javaArchiveSuffix(path) !== undefined || unpackedProject.test(path)),
  },
  isolate: { deadline: 30_000 },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    if (javaArchiveSuffix(file.path) === undefined) return extractUnpacked(file, context);
    const { signal } = context;
    const problem = context.problem.bind(context);
    const archives = await readJavaArchive(await file.random(), file.path, { signal, problem });
    return archives.length === 0 ? undefined : { archives };
  },
  assemble: javaFindings,
};

const unpackedProject = /(?:^|\/)META-INF\/maven\/([^/]+)\/([^/]+)\/pom\.properties$/;

async function extractUnpacked(file: SelectedFile, context: ExtractContext): Promise<JavaArchiveFacts | undefined> {
  if (file.size > maxPropertiesBytes) {
    context.problem('too-large', `${file.size} bytes, the limit is ${maxPropertiesBytes}`);
    return undefined;
  }
  const [, group, artifact] = unpackedProject.exec(file.path) ?? [];
  if (group === undefined || artifact === undefined) return undefined;
  const stated = parsePomProperties(Buffer.from(await file.bytes(maxPropertiesBytes)).toString('utf8'));
  const found = projectPackage({ group, artifact, ...stated, source: 'pom.properties' });
  return found === undefined ? undefined : { archives: [{ packages: [found] }] };
}
