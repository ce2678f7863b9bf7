import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { isBelowNodeModules } from './package-place.ts';
import { parsePackageLock } from './parse-package-lock.ts';
import { readDeclared } from './read-lock.ts';

/** What lock files of npm declare. */
export const npmLockCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'npm-lock',
  version: '1',
  description: {
    title: 'npm lock files',
    selects: ['**/package-lock.json', '**/npm-shrinkwrap.json'],
    reads: 'the locked packages of lockfile versions 1 to 3, their hashes and what they need',
    emits: ['npm'],
  },
  select: {
    names: ['package-lock.json', 'npm-shrinkwrap.json'],
    path: (path, kind) => kind === 'file' && !isBelowNodeModules(path),
  },
  isolate: { deadline: 30_000 },
  read: (file, context) => readDeclared(file, context, parsePackageLock),
});
