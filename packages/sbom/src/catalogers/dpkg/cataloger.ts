import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { OwnedPaths } from '../owned-path.ts';
import { readLines } from '../text/read-lines.ts';
import { dpkgFile, systemRoot } from './database-files.ts';
import type { DpkgFacts } from './facts.ts';
import { dpkgFindings } from './package.ts';
import { dpkgListReader, md5sumsPath } from './parse-file-list.ts';
import { createDpkgStatusParser } from './parse-status.ts';

const statusLimits = { lineBytes: 256 * 1024, totalBytes: 128 * 1024 * 1024 };
const listLimits = { lineBytes: 16 * 1024, totalBytes: 64 * 1024 * 1024 };
/** Paths of one list. */
const maxPaths = 1_000_000;

/**
 * Packages of Debian and its derivatives: dpkg's own database, the `status.d` directory of images that were put
 * together without dpkg, and the lists of files that belong to each package.
 */
export const dpkgCataloger: Cataloger<DpkgFacts> = {
  name: 'dpkg',
  version: '1',
  select: {
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && dpkgFile(path) !== undefined,
    known: ['var/lib/dpkg/status'],
  },
  async extract(file, context) {
    const place = file.kind === 'file' ? dpkgFile(file.path) : undefined;
    if (place === undefined) return undefined;
    if (place.kind === 'status' || place.kind === 'status.d') return extractStatus(file, context);
    return extractFileList(file, context, place.kind, systemRoot(place.database));
  },
  assemble: dpkgFindings,
};

async function extractStatus(file: SelectedFile, context: ExtractContext): Promise<DpkgFacts> {
  const parser = createDpkgStatusParser();
  const end = await readLines(file.stream(), statusLimits, (line) => parser.line(line));
  if (end === 'too-large') {
    context.problem('too-large', `more than ${statusLimits.totalBytes} bytes, the rest was not read`);
  }
  const { packages, problems } = parser.end();
  for (const problem of problems) context.problem('malformed', problem);
  return { kind: 'status', packages };
}

async function extractFileList(
  file: SelectedFile,
  context: ExtractContext,
  form: 'list' | 'md5sums',
  root: string,
): Promise<DpkgFacts> {
  const paths = new OwnedPaths();
  const add = (path: string) => paths.add(root + path);
  const addListed = dpkgListReader(add);
  const end = await readLines(file.stream(), listLimits, (line) => {
    if (form === 'list') addListed(line);
    else {
      const path = md5sumsPath(line);
      if (path !== undefined) add(path);
    }
    return paths.size < maxPaths;
  });
  if (form === 'list') addListed(undefined);
  if (end !== 'end') context.problem('too-large', `more than ${maxPaths} paths, the rest was not read`);
  return { kind: 'files', paths: paths.encode() };
}
