import type { Cataloger } from '../../catalog/cataloger.ts';
import { isBelowNodeModules } from '../npm/package-place.ts';
import { readDeclared } from '../npm/read-lock.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { parsePnpmLock } from './parse-pnpm-lock.ts';

/** What lock files of pnpm declare. */
export const pnpmLockCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'pnpm-lock',
  version: '1',
  description: {
    title: 'pnpm lock files',
    selects: ['**/pnpm-lock.yaml'],
    reads: 'the locked packages of lockfile versions 5, 6 and 9, their hashes and what they need',
    emits: ['npm'],
  },
  select: { names: ['pnpm-lock.yaml'], path: (path, kind) => kind === 'file' && !isBelowNodeModules(path) },
  isolate: { deadline: 30_000 },
  read: (file, context) => readDeclared(file, context, parsePnpmLock),
});
