import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { resolvedSwifts } from './package.ts';
import { parsePackageResolved } from './parse-package-resolved.ts';

const maxBytes = 4 * 1024 * 1024;

/** The packages that Swift's package manager resolved. */
export const swiftCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'swift',
  version: '1',
  description: {
    title: 'Swift packages',
    selects: ['**/Package.resolved'],
    reads: 'the resolved packages with their repositories and commits',
    emits: ['swift'],
  },
  select: { names: ['Package.resolved'] },
  read: (file, context) =>
    readStatedPackages(file, context, {
      ...{ what: 'a Package.resolved', maxBytes, parse: parsePackageResolved, state: resolvedSwifts },
    }),
});
