import type { Cataloger } from '../../catalog/cataloger.ts';
import { isBelowNodeModules } from '../npm/package-place.ts';
import { readDeclared } from '../npm/read-lock.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { parseBunLock } from './parse-bun-lock.ts';

/** What lock files of Bun declare. The binary form of older versions, `bun.lockb`, is not read. */
export const bunLockCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'bun-lock',
  version: '1',
  description: {
    title: 'Bun lock files',
    selects: ['**/bun.lock'],
    reads: 'the locked packages, their hashes and what they need',
    emits: ['npm'],
  },
  select: { names: ['bun.lock'], path: (path, kind) => kind === 'file' && !isBelowNodeModules(path) },
  isolate: { deadline: 30_000 },
  read: (file, context) => readDeclared(file, context, parseBunLock),
});
