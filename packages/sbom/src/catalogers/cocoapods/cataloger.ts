import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { lockedPods } from './package.ts';
import { parsePodfileLock } from './parse-podfile-lock.ts';

/** Bytes; large applications have 100 KiB. */
const maxBytes = 1024 * 1024;

/** The pods that `Podfile.lock` files lock. */
export const cocoapodsCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'cocoapods',
  version: '1',
  description: {
    title: 'CocoaPods lock files',
    selects: ['**/Podfile.lock'],
    reads: 'the locked pods with their parts and sources, what each needs',
    emits: ['cocoapods'],
  },
  select: { names: ['Podfile.lock'] },
  isolate: { deadline: 30_000 },
  read: (file, context) =>
    readStatedPackages(file, context, { what: 'a Podfile.lock', maxBytes, parse: parsePodfileLock, state: lockedPods }),
});
