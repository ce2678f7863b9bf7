import type { Cataloger } from '../../catalog/cataloger.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { lockedCrates } from './package.ts';
import { parseCargoLock } from './parse-cargo-lock.ts';

/** Bytes; the largest projects have 1 MiB. */
const maxBytes = 8 * 1024 * 1024;

/** The crates that `Cargo.lock` files lock. */
export const cargoCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'cargo',
  version: '1',
  description: {
    title: 'Rust lock files (Cargo)',
    selects: ['**/Cargo.lock'],
    reads: 'the locked crates, their sources and checksums, what each needs',
    emits: ['cargo'],
  },
  select: { names: ['Cargo.lock'] },
  isolate: { deadline: 30_000 },
  read: (file, context) =>
    readStatedPackages(file, context, { what: 'a Cargo.lock', maxBytes, parse: parseCargoLock, state: lockedCrates }),
});
