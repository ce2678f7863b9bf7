import type { RandomAccess } from '../../catalog/cataloger.ts';
import type { RpmDatabaseProblem } from './database/database-problem.ts';
import { type RpmDatabaseOptions, readRpmDatabase } from './read-rpm-database.ts';
import type { RpmPackage } from './rpm-package.ts';

/** Reads of a buffer that is copied each time, as a file's bytes would be. */
export function accessTo(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: async (offset, length) => bytes.slice(offset, offset + length) };
}

/** Everything that a database has, and what is wrong with it. */
export async function readAll(
  database: Uint8Array,
  options: Omit<RpmDatabaseOptions, 'wal'> & { wal?: Uint8Array } = {},
): Promise<{ packages: RpmPackage[]; problems: RpmDatabaseProblem[] }> {
  const { wal, ...others } = options;
  const problems: RpmDatabaseProblem[] = [];
  const read = readRpmDatabase(accessTo(database), {
    ...others,
    wal: wal && accessTo(wal),
    onProblem: (problem) => void problems.push(problem),
  });
  return { packages: await toArray(read), problems };
}

/** All that a source gives. */
export async function toArray<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}
