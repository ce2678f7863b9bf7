import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { readLines } from '../text/read-lines.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { gradleLockLimits, type LockedModule, parseGradleLockLine } from './parse-gradle-lock.ts';
import { parseSbtLock, type SbtDependency } from './parse-sbt-lock.ts';

const maxSbtLockBytes = 32 * 1024 * 1024;
/** Modules of one lock file that are taken. */
const maxModules = 20_000;

/** What Gradle and sbt builds have locked. */
export const gradleCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'gradle',
  version: '1',
  description: {
    title: 'Gradle and sbt lock files',
    selects: ['**/gradle.lockfile', '**/*-gradle.lockfile', '**/dependency-locks/*.lockfile', '**/build.sbt.lock'],
    reads: 'the locked modules with the configurations that use them',
    emits: ['maven'],
  },
  select: {
    names: ['build.sbt.lock'],
    suffixes: ['.lockfile'],
    path: (path, kind) => kind === 'file' && (path.endsWith('build.sbt.lock') || gradleLock.test(path)),
  },
  read: (file, context) =>
    baseName(file.path) === 'build.sbt.lock' ? readSbt(file, context) : readGradle(file, context),
});

const gradleLock = /(?:^|\/)(?:(?:[\w-]*-)?gradle\.lockfile|dependency-locks\/[^/]+\.lockfile)$/i;

async function readGradle(file: SelectedFile, context: ExtractContext): Promise<StatedPackage[]> {
  const modules: LockedModule[] = [];
  const end = await readLines(file.stream(), gradleLockLimits, (line) => {
    const locked = parseGradleLockLine(line);
    if (locked !== undefined) modules.push(locked);
    return modules.length <= maxModules;
  });
  if (end === 'too-large') context.problem('too-large', `more than ${gradleLockLimits.totalBytes} bytes`);
  if (end === 'stopped') context.problem('too-large', `more than ${maxModules} modules`);
  return modules.slice(0, maxModules).map(stated);
}

async function readSbt(file: SelectedFile, context: ExtractContext): Promise<StatedPackage[] | undefined> {
  if (file.size > maxSbtLockBytes) {
    context.problem('too-large', `${file.size} bytes, the limit is ${maxSbtLockBytes}`);
    return undefined;
  }
  const dependencies = parseSbtLock(Buffer.from(await file.bytes(maxSbtLockBytes)).toString('utf8'));
  if (dependencies === undefined) context.problem('malformed', 'not a lock file of sbt');
  return dependencies?.map((entry) => ({ ...stated(entry), ...(entry.hash && { hashes: [entry.hash] }) }));
}

function stated({ group, artifact, version, configurations }: LockedModule | SbtDependency): StatedPackage {
  return {
    ...{ type: 'maven', class: 'language', scope: 'declared', namespace: group, name: artifact, version },
    ...(configurations.length > 0 && { details: withoutUndefined({ configurations }) }),
  };
}
