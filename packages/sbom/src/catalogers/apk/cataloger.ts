import type { Cataloger } from '../../catalog/cataloger.ts';
import { readLines } from '../text/read-lines.ts';
import type { ApkFacts } from './facts.ts';
import { apkFindings } from './package.ts';
import { createApkInstalledParser } from './parse-installed.ts';

/** Alpine's place, the one of apk-tools 3 (Wolfi), and the one of systems with all state below `/var`. */
const databasePaths: readonly string[] = [
  'lib/apk/db/installed',
  'usr/lib/apk/db/installed',
  'var/lib/apk/db/installed',
];

const limits = { lineBytes: 1024 * 1024, totalBytes: 256 * 1024 * 1024 };

/** Packages of Alpine, Wolfi and their kin, with the files each owns. */
export const apkCataloger: Cataloger<ApkFacts> = {
  name: 'apk',
  version: '1',
  select: {
    path: (path, kind) => databasePaths.includes(path) && kind !== 'directory' && kind !== 'special',
    known: databasePaths,
  },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    const parser = createApkInstalledParser();
    const end = await readLines(file.stream(), limits, (line) => parser.line(line));
    if (end === 'too-large')
      context.problem('too-large', `more than ${limits.totalBytes} bytes, the rest was not read`);
    const { packages, problems } = parser.end();
    for (const problem of problems) context.problem('malformed', problem);
    return { packages };
  },
  assemble: apkFindings,
};
