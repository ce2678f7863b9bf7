import type { StatedPackage } from '../package-list.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { LockedCrate } from './parse-cargo-lock.ts';

/** The crates of a lock file and what each needs. */
export function lockedCrates(crates: readonly LockedCrate[]): StatedPackage[] {
  const find = createFinder(crates);
  return crates.map(({ name, version, source, checksum, dependencies }, index) => {
    const needed = new Set(dependencies.flatMap((reference) => find(reference) ?? []));
    needed.delete(String(index));
    return {
      ...{ type: 'cargo', class: 'language', scope: 'declared', key: String(index), name, version },
      ...(needed.size > 0 && { dependsOn: [...needed] }),
      ...(checksum !== undefined && { hashes: [{ algorithm: 'SHA-256' as const, content: checksum }] }),
      details: withoutUndefined({ source: source === undefined ? undefined : plainSource(source) }),
    };
  });
}

/** Finds the key of what a dependency names; nothing where it names none, or more than one. */
function createFinder(crates: readonly LockedCrate[]): (reference: string) => string | undefined {
  const byReference = new Map<string, number | undefined>();
  const add = (reference: string, index: number): void => {
    byReference.set(reference, byReference.has(reference) ? undefined : index);
  };
  for (const [index, { name, version, source }] of crates.entries()) {
    add(name, index);
    add(`${name} ${version}`, index);
    if (source !== undefined) add(`${name} ${version} (${withoutCommit(source)})`, index);
  }
  return (reference) => byReference.get(withoutCommit(reference, ')'))?.toString();
}

/** The source of a git crate ends in the commit it was locked at, which the dependencies on it leave out. */
function withoutCommit(text: string, end = ''): string {
  const hash = text.lastIndexOf('#');
  return hash < 0 ? text : text.slice(0, hash) + end;
}

function plainSource(source: string): string {
  return source === 'registry+https://github.com/rust-lang/crates.io-index' ? 'crates.io' : withoutCredentials(source);
}
