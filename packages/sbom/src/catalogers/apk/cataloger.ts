import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { readLines } from '../text/read-lines.ts';
import { apkDatabasePaths, apkFile } from './database-files.ts';
import type { ApkFacts } from './facts.ts';
import { apkFindings } from './package.ts';
import { createApkInstalledParser } from './parse-installed.ts';
import { parseApkWorld } from './parse-world.ts';

const limits = { lineBytes: 1024 * 1024, totalBytes: 256 * 1024 * 1024 };
/** Bytes of `etc/apk/world`. */
const maxWorldBytes = 1024 * 1024;

/** Packages of Alpine, Wolfi and their kin, with the files each owns. */
export const apkCataloger: Cataloger<ApkFacts> = {
  name: 'apk',
  version: '2',
  description: {
    title: 'Alpine and Wolfi packages (apk)',
    selects: ['**/{,usr/,var/}lib/apk/db/installed', '**/etc/apk/world'],
    reads: 'installed packages, what each needs and provides, the files it owns, and which ones somebody asked for',
    emits: ['apk'],
  },
  select: {
    names: ['installed', 'world'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && apkFile(path) !== undefined,
    known: apkDatabasePaths,
  },
  async extract(file, context) {
    const place = file.kind === 'file' ? apkFile(file.path) : undefined;
    if (place?.kind === 'installed') return extractInstalled(file, context, place.root);
    if (place?.kind !== 'world') return undefined;
    return { kind: 'world', names: parseApkWorld(new TextDecoder().decode(await file.bytes(maxWorldBytes))) };
  },
  assemble: apkFindings,
};

async function extractInstalled(file: SelectedFile, context: ExtractContext, root: string): Promise<ApkFacts> {
  const parser = createApkInstalledParser({ root });
  const end = await readLines(file.stream(), limits, (line) => parser.line(line));
  if (end === 'too-large') context.problem('too-large', `more than ${limits.totalBytes} bytes, the rest was not read`);
  const { packages, problems } = parser.end();
  for (const problem of problems) context.problem('malformed', problem);
  return { kind: 'installed', packages };
}
