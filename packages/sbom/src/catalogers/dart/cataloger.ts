import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { lockedPubs } from './package.ts';
import { parsePubspecLock } from './parse-pubspec-lock.ts';

/** Bytes; large applications have 100 KiB. */
const maxBytes = 1024 * 1024;

/** The packages that `pubspec.lock` files of Dart and Flutter lock. */
export const dartCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'dart',
  version: '1',
  description: {
    title: 'Dart and Flutter lock files (pub)',
    selects: ['**/pubspec.lock'],
    reads: 'the locked packages with their sources and hashes',
    emits: ['pub'],
  },
  select: { names: ['pubspec.lock'] },
  isolate: { deadline: 30_000 },
  read: (file, context) =>
    readStatedPackages(file, context, { what: 'a pubspec.lock', maxBytes, parse: parsePubspecLock, state: lockedPubs }),
});
