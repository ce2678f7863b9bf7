import type { ExtractContext, RandomAccess } from '../../catalog/cataloger.ts';
import { decodeOwnedPaths, OwnedPaths } from '../owned-path.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { RpmDatabaseProblem } from './database/database-problem.ts';
import type { RpmPackageFacts } from './facts.ts';
import type { RpmFile } from './header/rpm-files.ts';
import { readRpmDatabase } from './read-rpm-database.ts';
import { type RequiringPackage, resolveRequirements } from './resolve-requirements.ts';
import { type RpmPackage, rpmVersion } from './rpm-package.ts';

/** Files of all packages together. */
const maxFiles = 5_000_000;
/** Characters in the relations of all packages together; beyond that, relations are not followed. */
const maxRelations = 64 * 1024 * 1024;
/** Problems of one database that are told one by one. */
const maxProblems = 20;
/** Keys that were imported to trust packages stand among these, but nothing is installed by them. */
const importedKey = 'gpg-pubkey';

const fileTypeMask = 0o170000;
const directoryType = 0o040000;
/** States of files that are not there, or are another package's. */
const elsewhere: ReadonlySet<RpmFile['state']> = new Set<RpmFile['state']>([
  'replaced',
  'not-installed',
  'wrong-color',
]);

/** A package with what only the other packages of its database can make use of. */
interface ReadPackage {
  readonly facts: RpmPackageFacts;
  readonly requiring: RequiringPackage;
}

/**
 * The packages of a database, each with its files and what it needs.
 *
 * @param root - The root of the system it describes, as a prefix of paths.
 */
export async function extractDatabase(
  database: RandomAccess,
  wal: RandomAccess | undefined,
  root: string,
  context: ExtractContext,
): Promise<RpmPackageFacts[]> {
  const problems = createProblemCount(context);
  const read: ReadPackage[] = [];
  const counts = { files: 0, relations: 0 };
  const options = { wal, signal: context.signal, onProblem: problems.report };
  for await (const pkg of readRpmDatabase(database, options)) {
    if (pkg.name === importedKey) continue;
    const owned = counts.files < maxFiles ? ownedPaths(pkg, root, maxFiles - counts.files, problems.report) : undefined;
    counts.files += owned?.size ?? 0;
    counts.relations += characters(pkg.provides) + characters(pkg.requires);
    const files = owned === undefined || owned.size === 0 ? undefined : owned.encode();
    const isFollowed = counts.relations <= maxRelations;
    read.push({ facts: packageFacts(pkg, files), requiring: requiringPackage(pkg, files, isFollowed) });
  }
  if (counts.files >= maxFiles) problems.over(`${maxFiles} files`);
  if (counts.relations > maxRelations) problems.over(`${maxRelations} characters in relations`);
  problems.end();
  const needs = resolveRequirements(read.map(({ requiring }) => requiring));
  return read.map(({ facts }, index) => {
    const dependsOn = needs[index] ?? [];
    return dependsOn.length === 0 ? facts : { ...facts, dependsOn };
  });
}

function ownedPaths(pkg: RpmPackage, root: string, max: number, report: ProblemCount['report']): OwnedPaths {
  const paths = new OwnedPaths();
  // Paths of the header are absolute; those of the root end with a slash.
  const prefix = root.slice(0, -1);
  try {
    for (const { path, mode, state } of pkg.files()) {
      if (elsewhere.has(state) || ((mode ?? 0) & fileTypeMask) === directoryType) continue;
      if (paths.size >= max) break;
      paths.add(prefix + path);
    }
  } catch (error) {
    // The name stands, and so do the files before; that it is a broken header is all that can have happened.
    report({
      code: 'malformed',
      reason: `the files of ${pkg.name}: ${error instanceof Error ? error.message : error}`,
    });
  }
  return paths;
}

/** Each name costs something, however short it is. */
function characters(names: readonly string[]): number {
  return names.reduce((sum, { length }) => sum + length + 16, 0);
}

function packageFacts(pkg: RpmPackage, files: string | undefined): RpmPackageFacts {
  const { name, architecture, sourceRpm, license, vendor, summary, url, modularityLabel, size } = pkg;
  const { buildTime, installTime, headerSha256, headerSha1 } = pkg;
  const keys = Array.from(new Set(pkg.signatures.map(({ keyId }) => keyId)));
  return {
    ...{ name, version: rpmVersion(pkg) },
    ...withoutUndefined({
      ...{ architecture, sourceRpm, license, vendor, summary, url, modularityLabel, size },
      ...{ buildTime, installTime, headerSha256, headerSha1, files },
      signedBy: keys.length > 0 ? keys : undefined,
    }),
  };
}

function requiringPackage(pkg: RpmPackage, files: string | undefined, isFollowed: boolean): RequiringPackage {
  const { name, architecture, provides, requires } = pkg;
  return {
    ...{ name, architecture, paths: files === undefined ? undefined : decodeOwnedPaths(files) },
    ...(isFollowed ? { provides, requires } : { provides: [], requires: [] }),
  };
}

/** Passes the first problems on and counts the others. */
interface ProblemCount {
  report(problem: RpmDatabaseProblem): void;
  /** A limit was passed, whatever else there was. */
  over(limit: string): void;
  end(): void;
}

function createProblemCount(context: ExtractContext): ProblemCount {
  let count = 0;
  return {
    report({ code, reason }) {
      count += 1;
      if (count <= maxProblems) context.problem(code, reason);
    },
    over: (limit) => context.problem('too-large', `over ${limit}, the rest was not read`),
    end() {
      if (count > maxProblems) context.problem('malformed', `${count - maxProblems} more problems`);
    },
  };
}
