import type { Cataloger } from '../../catalog/cataloger.ts';
import { readElfNotes } from '../../executable/elf/elf-notes.ts';
import { isElf } from '../../executable/executable-head.ts';
import { openExecutable } from '../../executable/executable-image.ts';
import { hashOwnedPath } from '../owned-path.ts';
import { listedPackages, type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { notedPackage } from './package.ts';
import { parsePackageNote } from './parse-package-note.ts';

const owner = 'FDO';
const packageNote = 0xcafe1a7e;

const noteCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'elf-note',
  version: '1',
  description: {
    title: 'ELF package notes',
    selects: ['ELF files'],
    reads: 'the note .note.package that the build of a distribution leaves in its programs',
    emits: ['deb', 'rpm', 'apk', 'alpm', 'generic'],
  },
  select: { magic: (head, { size }) => size >= 64 && isElf(head) },
  async read(file, context) {
    const access = await file.random();
    const [image] = await openExecutable(access);
    const notes = image?.file.format === 'elf' ? await readElfNotes(image.file) : [];
    const note = notes.find((candidate) => candidate.owner === owner && candidate.type === packageNote);
    if (note === undefined) return undefined;
    const parsed = parsePackageNote(new TextDecoder().decode(note.content));
    if (parsed.kind === 'note') return [notedPackage(parsed.note)];
    context.problem('malformed', `package note: ${parsed.reason}`);
    return undefined;
  },
});

/**
 * The packages of programs and libraries that carry a package note, as those of Fedora and Azure Linux do. Each owns the
 * file that carries it, so that what else is found in there is known to be no software of its own.
 */
export const elfNoteCataloger: Cataloger<PackageListFacts> = {
  ...noteCataloger,
  *assemble(view) {
    for (const finding of listedPackages(view)) {
      yield finding;
      if (finding.kind !== 'package') continue;
      const pathHashes = BigUint64Array.of(hashOwnedPath(finding.occurrence.path));
      yield { kind: 'ownership', owner: finding.key, pathHashes };
    }
  },
};
