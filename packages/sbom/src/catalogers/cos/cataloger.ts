import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { cosFinding } from './package.ts';
import { parseCosPackageInfo } from './parse-package-info.ts';

const infoName = 'cos-package-info.json';
const infoPath = `etc/${infoName}`;
const maxFileBytes = 16 * 1024 * 1024;

/** Packages of Google's Container-Optimized OS. */
export const cosCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'cos',
  version: '1',
  description: {
    title: 'Container-Optimized OS packages',
    selects: [`**/${infoPath}`],
    reads: 'names, versions and categories of installed packages',
    emits: ['cos'],
  },
  select: {
    names: [infoName],
    path: (path, kind) =>
      kind !== 'directory' && kind !== 'special' && (path === infoPath || path.endsWith(`/${infoPath}`)),
    known: [infoPath],
  },
  async read(file, context) {
    const info = parseCosPackageInfo(new TextDecoder().decode(await file.bytes(maxFileBytes)));
    if (info === undefined) {
      context.problem('malformed', 'it has no list called installedPackages');
      return undefined;
    }
    const { packages, unreadable } = info;
    if (unreadable > 0) context.problem('malformed', `${unreadable} entries without a usable name and version`);
    return packages.map(cosFinding);
  },
});
