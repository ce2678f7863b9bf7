import type { Cataloger } from '../../catalog/cataloger.ts';
import { isBelowNodeModules } from '../npm/package-place.ts';
import { readDeclared } from '../npm/read-lock.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { parseYarnLock } from './parse-yarn-lock.ts';

/** What lock files of Yarn declare. */
export const yarnLockCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'yarn-lock',
  version: '1',
  description: {
    title: 'Yarn lock files',
    selects: ['**/yarn.lock'],
    reads: 'the locked packages of Yarn 1 and of Yarn 2 and newer, their hashes where stated, and what they need',
    emits: ['npm'],
  },
  select: { names: ['yarn.lock'], path: (path, kind) => kind === 'file' && !isBelowNodeModules(path) },
  isolate: { deadline: 30_000 },
  read: (file, context) => readDeclared(file, context, parseYarnLock),
});
