import type { ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import type { StatedPackage } from '../package-list.ts';
import { lockedNpmPackage, maxLockedPackages, type NpmLock } from './locked-package.ts';

/** Bytes of a lock file of any JavaScript package manager; those of the largest repositories have a third. */
export const maxLockBytes: number = 32 * 1024 * 1024;

/**
 * Reads a lock file with one of the parsers and reports what is wrong with it.
 *
 * @returns undefined where it is too large or none
 */
export async function readNpmLock(
  file: SelectedFile,
  context: ExtractContext,
  parse: (text: string) => NpmLock,
): Promise<Extract<NpmLock, { kind: 'packages' }> | undefined> {
  if (file.size > maxLockBytes) {
    context.problem('too-large', `${file.size} bytes, the limit is ${maxLockBytes}`);
    return undefined;
  }
  const lock = parse(new TextDecoder().decode(await file.bytes(maxLockBytes)));
  if (lock.kind === 'malformed') {
    context.problem('malformed', lock.reason);
    return undefined;
  }
  if (lock.truncated) context.problem('too-large', `more than ${maxLockedPackages} packages`);
  return lock;
}

/** {@link readNpmLock} for a lock file that declares its packages. */
export async function readDeclared(
  file: SelectedFile,
  context: ExtractContext,
  parse: (text: string) => NpmLock,
): Promise<StatedPackage[] | undefined> {
  return (await readNpmLock(file, context, parse))?.packages.map(lockedNpmPackage);
}
