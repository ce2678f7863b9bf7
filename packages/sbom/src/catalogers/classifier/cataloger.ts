import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { isExecutableHead } from '../../executable/executable-head.ts';
import { createClassIndex } from './class-index.ts';
import { binaryClasses } from './classes/binary-classes.ts';
import { type ClassifierFacts, classifierFindings } from './package.ts';
import { VersionSearch } from './version-search.ts';

/** Bytes of a script or text; a longer one is another's. Archives of PHP programs have some MiB. */
const maxTextBytes = 16 * 1024 * 1024;

const index = createClassIndex(binaryClasses);

/**
 * Programs and libraries that no package system knows of, by what their bytes say of their version: most images bring the
 * one thing they are made for this way. A file is read only where its name is that of a class; no more of it is kept than
 * a window of a kilobyte at a time, and of what was found the version.
 */
export const classifierCataloger: Cataloger<ClassifierFacts> = {
  name: 'classifier',
  version: '1',
  description: {
    title: 'Versions of known programs and libraries',
    selects: [
      `executables and shared libraries with the names of ${new Set(binaryClasses.map(({ name }) => name)).size} products`,
      ...index.textNames.map((name) => `**/${name}`),
    ],
    reads: 'the version that each kind of program is known to carry, or the name of the library that carries it',
    emits: ['generic', 'github', 'golang'],
  },
  select: {
    names: index.textNames,
    path: (_, kind) => kind === 'file',
    magic: (head, { path, size }) =>
      size >= 64 && isExecutableHead(head) && index.classesOf(baseName(path), 'executable').length > 0,
  },
  extract: searchFile,
  assemble: (view) => classifierFindings(view, index),
};

async function searchFile(file: SelectedFile, { problem }: ExtractContext): Promise<ClassifierFacts | undefined> {
  if (file.kind !== 'file') return undefined;
  const fileName = baseName(file.path);
  const executable = isExecutableHead(file.head);
  const classes = index.classesOf(fileName, executable ? 'executable' : 'text');
  if (classes.length === 0 || (!executable && file.size > maxTextBytes)) return undefined;
  const search = new VersionSearch({ classes, fileName, size: file.size });
  for await (const chunk of file.stream()) if (!search.push(chunk)) break;
  const found = search.end();
  if (search.limited) problem('too-large', 'too much of it looks like versions to look at all of it');
  return found.length === 0 ? undefined : { found };
}
