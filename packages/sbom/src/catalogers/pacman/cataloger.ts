import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { OwnedPaths } from '../owned-path.ts';
import { readLines } from '../text/read-lines.ts';
import { pacmanFile } from './database-files.ts';
import type { PacmanFacts } from './facts.ts';
import { pacmanFindings } from './package.ts';
import { parsePacmanDesc } from './parse-desc.ts';
import { sectionName } from './parse-sections.ts';

/** Bytes of one `desc`. */
const maxDescBytes = 1024 * 1024;
const listLimits = { lineBytes: 16 * 1024, totalBytes: 64 * 1024 * 1024 };
/** Paths of one list. */
const maxPaths = 1_000_000;

/** Packages of Arch Linux and its kin, with the files each owns. */
export const pacmanCataloger: Cataloger<PacmanFacts> = {
  name: 'pacman',
  version: '1',
  description: {
    title: 'Arch Linux packages (pacman)',
    selects: [
      '**/var/lib/pacman/local/*/{desc,files}',
      '**/usr/lib/pacman/local/*/{desc,files}',
      'usr/lib/sysimage/lib/pacman',
      'usr/lib/holo/pacmandb',
    ],
    reads: 'installed packages, licences, what each needs and provides, the files it owns',
    emits: ['alpm'],
  },
  select: {
    names: ['desc', 'files'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && pacmanFile(path) !== undefined,
  },
  async extract(file, context) {
    const place = file.kind === 'file' ? pacmanFile(file.path) : undefined;
    if (place === undefined) return undefined;
    if (place.kind === 'files') return extractFiles(file, context, place.root);
    const pkg = parsePacmanDesc(new TextDecoder().decode(await file.bytes(maxDescBytes)));
    if (pkg === undefined) context.problem('malformed', 'no usable %NAME% or %VERSION%');
    return pkg && { kind: 'desc', pkg };
  },
  assemble: pacmanFindings,
};

async function extractFiles(file: SelectedFile, context: ExtractContext, root: string): Promise<PacmanFacts> {
  const paths = new OwnedPaths();
  let listing = false;
  const end = await readLines(file.stream(), listLimits, (line) => {
    const name = sectionName(line);
    if (name !== undefined || line === '') listing = name === 'FILES';
    // Directories have a slash at the end.
    else if (listing && !line.endsWith('/')) paths.add(root + line);
    return paths.size < maxPaths;
  });
  if (end !== 'end') context.problem('too-large', `more than ${maxPaths} paths, the rest was not read`);
  return { kind: 'files', paths: paths.encode() };
}
