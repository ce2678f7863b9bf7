import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { OwnedPaths } from '../owned-path.ts';
import { readLines } from '../text/read-lines.ts';
import { portageFields, portageFile } from './database-files.ts';
import type { PortageFacts } from './facts.ts';
import { portageFindings } from './package.ts';
import { contentsPath } from './parse-contents.ts';

/** Bytes of a file with one value. */
const maxValueBytes = 256 * 1024;
const contentsLimits = { lineBytes: 16 * 1024, totalBytes: 256 * 1024 * 1024 };
/** Paths of one package. */
const maxPaths = 1_000_000;

/** Packages of Gentoo and its kin, with the files each owns. */
export const portageCataloger: Cataloger<PortageFacts> = {
  name: 'portage',
  version: '1',
  description: {
    title: 'Gentoo packages (Portage)',
    selects: portageFields.map((field) => `**/var/db/pkg/*/*/${field}`),
    reads: 'installed packages, licences, slots, what each needs, the files it owns',
    emits: ['ebuild'],
  },
  select: {
    names: portageFields,
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && portageFile(path) !== undefined,
  },
  async extract(file, context) {
    const place = file.kind === 'file' ? portageFile(file.path) : undefined;
    if (place === undefined) return undefined;
    if (place.field === 'CONTENTS') return extractContents(file, context, place.root);
    const value = new TextDecoder().decode(await file.bytes(maxValueBytes)).trim();
    return value === '' ? undefined : { kind: 'value', field: place.field, value };
  },
  assemble: portageFindings,
};

async function extractContents(file: SelectedFile, context: ExtractContext, root: string): Promise<PortageFacts> {
  const paths = new OwnedPaths();
  const end = await readLines(file.stream(), contentsLimits, (line) => {
    const path = contentsPath(line);
    if (path !== undefined) paths.add(root + path);
    return paths.size < maxPaths;
  });
  if (end !== 'end') context.problem('too-large', `more than ${maxPaths} paths, the rest was not read`);
  return { kind: 'files', paths: paths.encode() };
}
