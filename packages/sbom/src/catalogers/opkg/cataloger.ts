import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { dpkgListReader } from '../dpkg/parse-file-list.ts';
import { OwnedPaths } from '../owned-path.ts';
import { readLines } from '../text/read-lines.ts';
import { opkgFile } from './database-files.ts';
import type { OpkgFacts } from './facts.ts';
import { opkgFindings } from './package.ts';
import { createOpkgControlParser } from './parse-control.ts';

const MiB = 1024 * 1024;
const controlLimits = { lineBytes: 256 * 1024, totalBytes: 64 * MiB };
const listLimits = { lineBytes: 16 * 1024, totalBytes: 32 * MiB };
/** Paths of one list. */
const maxPaths = 500_000;

/** Packages of OpenWrt and of images made with OpenEmbedded's ipk packages. */
export const opkgCataloger: Cataloger<OpkgFacts> = {
  name: 'opkg',
  version: '1',
  description: {
    title: 'opkg packages (OpenWrt, OpenEmbedded)',
    selects: ['**/lib/opkg/status', '**/lib/opkg/info/*.control', '**/lib/opkg/info/*.list'],
    reads: 'packages whose files are there, licences, what each needs and the files it owns',
    emits: ['opkg'],
  },
  select: {
    names: ['status'],
    suffixes: ['.control', '.list'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && opkgFile(path) !== undefined,
    known: ['usr/lib/opkg/status', 'var/lib/opkg/status'],
  },
  async extract(file, context) {
    const place = file.kind === 'file' ? opkgFile(file.path) : undefined;
    if (place === undefined) return undefined;
    return place.kind === 'list' ? extractList(file, context, place.root) : extractControl(file, context);
  },
  assemble: opkgFindings,
};

async function extractControl(file: SelectedFile, context: ExtractContext): Promise<OpkgFacts> {
  const parser = createOpkgControlParser();
  const end = await readLines(file.stream(), controlLimits, (line) => parser.line(line));
  if (end === 'too-large') context.problem('too-large', `more than ${controlLimits.totalBytes} bytes`);
  const { packages, problems } = parser.end();
  for (const problem of problems) context.problem('malformed', problem);
  return { kind: 'packages', packages };
}

async function extractList(file: SelectedFile, context: ExtractContext, root: string): Promise<OpkgFacts> {
  const paths = new OwnedPaths();
  const addListed = dpkgListReader((path) => paths.add(root + path));
  const end = await readLines(file.stream(), listLimits, (line) => {
    // Newer versions write the mode and a link's target behind the path.
    addListed(line.split('\t', 1)[0]);
    return paths.size < maxPaths;
  });
  addListed(undefined);
  if (end !== 'end') context.problem('too-large', `more than ${maxPaths} paths, the rest was not read`);
  return { kind: 'files', paths: paths.encode() };
}
