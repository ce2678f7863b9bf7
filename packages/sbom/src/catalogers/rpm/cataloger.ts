import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { knownRpmDatabases, rpmDatabaseFile, rpmFileNames } from './database-files.ts';
import { extractDatabase } from './extract-database.ts';
import type { RpmFacts } from './facts.ts';
import { rpmFindings } from './package.ts';

/**
 * Packages of Red Hat, Fedora, SUSE, Amazon, Azure Linux and their kin: rpm's own database in each of its formats, with
 * the files that belong to each package and what each needs.
 */
export const rpmCataloger: Cataloger<RpmFacts> = {
  name: 'rpm',
  version: '1',
  description: {
    title: 'RPM packages',
    selects: ['**/{var/lib,usr/lib/sysimage,usr/share}/rpm/{Packages,Packages.db,rpmdb.sqlite,rpmdb.sqlite-wal}'],
    reads:
      'headers of installed packages from Berkeley DB, NDB and SQLite, the latter with its write-ahead log: version, ' +
      'source package, module, licence, signing keys, owned files and what each needs',
    emits: ['rpm'],
  },
  select: {
    names: rpmFileNames,
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && rpmDatabaseFile(path) !== undefined,
    group: (path) => (path.includes('.sqlite') ? rpmDatabaseFile(path)?.database : undefined),
    known: knownRpmDatabases,
  },
  isolate: { deadline: 30_000 },
  extract: extractRpm,
  assemble: rpmFindings,
};

async function extractRpm(file: SelectedFile, context: ExtractContext): Promise<RpmFacts | undefined> {
  const place = file.kind === 'file' ? rpmDatabaseFile(file.path) : undefined;
  if (place === undefined) return undefined;
  if (place.kind === 'log') return { kind: 'log', bytes: file.size };
  const database = await file.random();
  const log = Array.from(context.group.values()).find(({ path }) => path !== file.path);
  // rpm leaves an empty log behind, as a rule.
  const wal = log !== undefined && log.size > 0 ? await log.random() : undefined;
  const packages = await extractDatabase(database, wal, place.root, context);
  return { kind: 'database', ...(log !== undefined && { logBytes: log.size }), packages };
}
