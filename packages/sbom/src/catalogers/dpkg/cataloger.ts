import type { Cataloger, CatalogerDescription, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { OwnedPaths } from '../owned-path.ts';
import { type LineLimits, readLines } from '../text/read-lines.ts';
import { dpkgFile } from './database-files.ts';
import type { DpkgFacts } from './facts.ts';
import { dpkgFindings } from './package.ts';
import { createDpkgAvailableParser, maxDpkgArchives } from './parse-available.ts';
import { maxCopyrightLicenses, parseCopyright } from './parse-copyright.ts';
import { createExtendedStatesParser, maxAutoInstalled } from './parse-extended-states.ts';
import { dpkgListReader, md5sumsPath } from './parse-file-list.ts';
import { createDpkgStatusParser } from './parse-status.ts';

const MiB = 1024 * 1024;
const statusLimits = { lineBytes: 256 * 1024, totalBytes: 128 * MiB };
const listLimits = { lineBytes: 16 * 1024, totalBytes: 64 * MiB };
const availableLimits = { lineBytes: 4 * 1024, totalBytes: 256 * MiB };
const statesLimits = { lineBytes: 4 * 1024, totalBytes: 32 * MiB };
/** Bytes of one copyright file. */
const maxCopyrightBytes = 16 * MiB;
/** Paths of one list. */
const maxPaths = 1_000_000;

const description: CatalogerDescription = {
  title: 'Debian packages (dpkg)',
  selects: [
    '**/lib/dpkg/status',
    '**/lib/dpkg/status.d/*',
    '**/lib/dpkg/info/*.list',
    '**/lib/dpkg/available',
    '**/var/lib/apt/extended_states',
    '**/usr/share/doc/*/copyright',
  ],
  reads: 'packages whose files are there, the files each owns, licences, hashes of archives, what apt chose by itself',
  emits: ['deb'],
};

/**
 * Packages of Debian and its derivatives: dpkg's own database, the `status.d` directory of images that were put
 * together without dpkg, the lists of files that belong to each package, and each package's copyright file.
 */
export const dpkgCataloger: Cataloger<DpkgFacts> = {
  name: 'dpkg',
  version: '2',
  description,
  select: {
    names: ['status', 'available', 'extended_states', 'copyright'],
    directories: ['status.d'],
    suffixes: ['.list'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && dpkgFile(path) !== undefined,
    known: ['var/lib/dpkg/status'],
  },
  async extract(file, context) {
    const place = file.kind === 'file' ? dpkgFile(file.path) : undefined;
    switch (place?.kind) {
      case undefined:
        return undefined;
      case 'status':
      case 'status.d':
        return extractStatus(file, context);
      case 'list':
      case 'md5sums':
        return extractFileList(file, context, place.kind, place.root);
      case 'available':
        return extractAvailable(file, context);
      case 'extended_states':
        return extractStates(file, context);
      case 'copyright':
        return extractCopyright(file, context);
    }
  },
  assemble: dpkgFindings,
};

async function extractStatus(file: SelectedFile, context: ExtractContext): Promise<DpkgFacts> {
  const parser = createDpkgStatusParser();
  await readWithin(file, statusLimits, (line) => parser.line(line), context);
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
  const readLine = (line: string): boolean => {
    if (form === 'list') addListed(line);
    else {
      const path = md5sumsPath(line);
      if (path !== undefined) add(path);
    }
    return paths.size < maxPaths;
  };
  await readWithin(file, listLimits, readLine, context, `${maxPaths} paths`);
  if (form === 'list') addListed(undefined);
  return { kind: 'files', paths: paths.encode() };
}

async function extractAvailable(file: SelectedFile, context: ExtractContext): Promise<DpkgFacts | undefined> {
  const parser = createDpkgAvailableParser();
  await readWithin(file, availableLimits, (line) => parser.line(line), context, `${maxDpkgArchives} archives`);
  const archives = parser.end();
  return archives.length === 0 ? undefined : { kind: 'available', archives };
}

async function extractStates(file: SelectedFile, context: ExtractContext): Promise<DpkgFacts | undefined> {
  const parser = createExtendedStatesParser();
  await readWithin(file, statesLimits, (line) => parser.line(line), context, `${maxAutoInstalled} packages`);
  const packages = parser.end();
  return packages.length === 0 ? undefined : { kind: 'auto-installed', packages };
}

async function extractCopyright(file: SelectedFile, context: ExtractContext): Promise<DpkgFacts | undefined> {
  const copyright = parseCopyright(new TextDecoder().decode(await file.bytes(maxCopyrightBytes)));
  if (copyright !== undefined && copyright.licenses.length >= maxCopyrightLicenses) {
    context.problem('too-large', `${maxCopyrightLicenses} licences or more, the rest was not read`);
  }
  return copyright && { kind: 'copyright', ...copyright };
}

/** Reads lines and reports the limit that ended it; `most` says what the parser had enough of, where it does not itself. */
async function readWithin(
  file: SelectedFile,
  limits: LineLimits,
  onLine: (line: string) => boolean,
  context: ExtractContext,
  most?: string,
): Promise<void> {
  const end = await readLines(file.stream(), limits, onLine);
  const passed = end === 'too-large' ? `${limits.totalBytes} bytes` : end === 'stopped' ? most : undefined;
  if (passed !== undefined) context.problem('too-large', `more than ${passed}, the rest was not read`);
}
