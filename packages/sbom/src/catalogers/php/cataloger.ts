import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { baseName, parentName } from '../../catalog/path-selection.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { composerPackages, pearPackage } from './package.ts';
import { parseComposerInstalled, parseComposerLock } from './parse-composer-packages.ts';
import { parsePearRegistry } from './parse-pear-registry.ts';

/** Bytes; large projects have 1 MiB. */
const maxComposerBytes = 32 * 1024 * 1024;
const maxPearBytes = 4 * 1024 * 1024;

/** PHP packages: what Composer installed or locked, and what PEAR and PECL registered. */
export const phpCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'php',
  version: '1',
  description: {
    title: 'PHP packages (Composer, PEAR, PECL)',
    selects: ['**/composer/installed.json', '**/composer.lock', '**/.registry/**/*.reg'],
    reads: 'installed and locked packages with licences, authors, commits and what each needs',
    emits: ['composer', 'pear'],
  },
  select: {
    names: ['installed.json', 'composer.lock'],
    suffixes: ['.reg'],
    path: (path, kind) => kind === 'file' && phpFile(path) !== undefined,
  },
  read(file, context) {
    switch (phpFile(file.path)) {
      case 'installed':
        return readStatedPackages(file, context, {
          ...{ what: 'an installed.json of Composer', maxBytes: maxComposerBytes, parse: parseComposerInstalled },
          state: (packages) => composerPackages(packages, 'installed'),
        });
      case 'lock':
        return readStatedPackages(file, context, {
          ...{ what: 'a composer.lock', maxBytes: maxComposerBytes, parse: parseComposerLock },
          state: (packages) => composerPackages(packages, 'declared'),
        });
      default:
        return readPear(file, context);
    }
  },
});

function phpFile(path: string): 'installed' | 'lock' | 'pear' | undefined {
  const name = baseName(path);
  if (name === 'composer.lock') return 'lock';
  if (name === 'installed.json') return parentName(path) === 'composer' ? 'installed' : undefined;
  return /(?:^|\/)\.registry\/(?:\.channel\.[^/]+\/)?[^/]+\.reg$/.test(path) ? 'pear' : undefined;
}

async function readPear(file: SelectedFile, context: ExtractContext): Promise<StatedPackage[] | undefined> {
  if (file.size > maxPearBytes) {
    context.problem('too-large', `${file.size} bytes, the limit is ${maxPearBytes}`);
    return undefined;
  }
  const pkg = parsePearRegistry(await file.bytes(maxPearBytes));
  if (pkg === undefined) context.problem('malformed', 'no name and version of a PEAR package');
  return pkg && [pearPackage(pkg)];
}
