import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNdb } from '../../packages/sbom/src/catalogers/rpm/database/ndb.test-support.ts';
import { readAll } from '../../packages/sbom/src/catalogers/rpm/read-rpm-database.test-support.ts';
import type { RpmPackage } from '../../packages/sbom/src/rpmdb.ts';
import { canRun } from '../support/required-tools.ts';
import {
  eraseFromDatabase,
  headersOf,
  installInDatabase,
  loadBerkeley,
  queryDatabase,
  rpmTools,
} from '../support/rpm-database.ts';
import { type RpmPackages, rpmPackages } from '../support/rpm-packages.ts';

/** What rpm is asked for each package: the field as rpm names it, and ours. */
const fields: readonly (readonly [tag: string, (pkg: RpmPackage) => string | number | undefined])[] = [
  ['NAME', ({ name }) => name],
  ['EPOCH', ({ epoch }) => epoch],
  ['VERSION', ({ version }) => version],
  ['RELEASE', ({ release }) => release],
  ['ARCH', ({ architecture }) => architecture],
  ['SOURCERPM', ({ sourceRpm }) => sourceRpm],
  ['LICENSE', ({ license }) => license],
  ['VENDOR', ({ vendor }) => vendor],
  ['SUMMARY', ({ summary }) => summary],
  ['URL', ({ url }) => url],
  ['MODULARITYLABEL', ({ modularityLabel }) => modularityLabel],
  ['SIZE', ({ size }) => size],
  ['BUILDTIME', ({ buildTime }) => buildTime],
  ['INSTALLTIME', ({ installTime }) => installTime],
  ['SHA1HEADER', ({ headerSha1 }) => headerSha1],
  ['SHA256HEADER', ({ headerSha256 }) => headerSha256],
];
const packageFormat = `${fields.map(([tag]) => `%{${tag}}`).join('|')}\\n`;
const packageLine = (pkg: RpmPackage): string => fields.map(([, value]) => value(pkg) ?? '(none)').join('|');

const fileFormat = '[%{=NAME}|%{FILENAMES}|%{FILEMODES}|%{FILESIZES}|%{FILEDIGESTS}|%{FILEFLAGS}\\n]';
const fileLines = (pkg: RpmPackage): string[] =>
  Array.from(pkg.files(), ({ path, mode, size, digest, flags }) =>
    [pkg.name, path, mode, size, digest?.content ?? '', flags].join('|'),
  );

const signatureFormat = '%{NAME}|%{RSAHEADER:pgpsig}\\n';
const signatureLine = ({ name, signatures: [signature] }: RpmPackage): string => {
  if (signature === undefined) return `${name}|(none)`;
  const { publicKeyAlgorithm, hashAlgorithm, created = 0, keyId } = signature;
  return `${name}|${publicKeyAlgorithm}/${hashAlgorithm}, ${created}, Key ID ${keyId}`;
};
/** rpm writes the time of a signature for people, without its zone: UTC here. */
const withSeconds = (line: string): string =>
  line.replace(/, (\w{3} \w{3} .+? \d{4}), /, (_, time) => `, ${Date.parse(`${time} UTC`) / 1000}, `);

describe.runIf(canRun('rpm databases', rpmTools))('an rpm database', () => {
  let packages: RpmPackages;
  let root: string;
  /** SQLite as rpm wrote it, with everything in it. */
  let sqlite: string;

  const directory = async (name: string): Promise<string> => {
    const path = join(root, name);
    await mkdir(path);
    return path;
  };
  const read = async (path: string, wal?: string) => {
    const found = await readAll(await readFile(path), wal === undefined ? {} : { wal: await readFile(wal) });
    expect(found.problems).toEqual([]);
    return found.packages;
  };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'falcon-iar-rpm-'));
    packages = await rpmPackages();
    sqlite = await directory('sqlite');
    await installInDatabase(sqlite, [...packages.parts, ...packages.signed, packages.huge]);
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('of SQLite gives every package as rpm does, with files, relations and signatures', async () => {
    const found = await read(join(sqlite, 'rpmdb.sqlite'));
    expect(found).toHaveLength(412);
    expect(found.map(packageLine).sort()).toEqual(await queryDatabase(sqlite, packageFormat));
    expect(found.flatMap(fileLines).sort()).toEqual(await queryDatabase(sqlite, fileFormat));
    expect(found.flatMap(({ name, provides }) => provides.map((provided) => `${name}|${provided}`)).sort()).toEqual(
      Array.from(new Set(await queryDatabase(sqlite, '[%{=NAME}|%{PROVIDENAME}\\n]'))),
    );
    const needs = await queryDatabase(sqlite, '[%{=NAME}|%{REQUIRENAME}\\n]');
    expect(found.flatMap(({ name, requires }) => requires.map((needed) => `${name}|${needed}`)).sort()).toEqual(
      Array.from(new Set(needs.filter((line) => !line.includes('|rpmlib(')))),
    );
    const signatures = await queryDatabase(sqlite, signatureFormat);
    expect(found.map(signatureLine).sort()).toEqual(signatures.map(withSeconds));
    expect(signatures.filter((line) => line.includes('Key ID'))).toHaveLength(10);
  });

  it('of SQLite is read with the log that a writer left behind', async () => {
    const live = await directory('live');
    const [first = [], second = []] = [packages.parts.slice(0, 200), packages.parts.slice(200)];
    await installInDatabase(live, first);
    const path = join(live, 'rpmdb.sqlite');
    // Somebody who reads keeps the log from being moved into the database.
    const reader = new DatabaseSync(path, { readOnly: true });
    try {
      reader.exec('BEGIN');
      reader.prepare("SELECT count(*) FROM 'Packages'").get();
      await installInDatabase(live, [...second, packages.huge]);
      const log = `${path}-wal`;
      expect((await stat(log)).size).toBeGreaterThan(4096);
      expect((await read(path)).length).toBe(200);
      const expected = await queryDatabase(live, packageFormat);
      expect(expected).toHaveLength(402);
      expect((await read(path, log)).map(packageLine).sort()).toEqual(expected);
    } finally {
      reader.close();
    }
  });

  it('of SQLite is read although pages of erased packages lie about in it', async () => {
    const erased = await directory('erased');
    await copyFile(join(sqlite, 'rpmdb.sqlite'), join(erased, 'rpmdb.sqlite'));
    const names = Array.from({ length: 200 }, (_, index) => `part${index * 2}`);
    await eraseFromDatabase(erased, [...names, 'parts-huge']);
    const found = await read(join(erased, 'rpmdb.sqlite'));
    expect(found.map(packageLine).sort()).toEqual(await queryDatabase(erased, packageFormat));
    expect(found).toHaveLength(211);
  });

  it.each(['hash', 'btree'] as const)('of Berkeley DB as a %s gives every package as rpm does', async (type) => {
    const berkeley = await directory(type);
    await loadBerkeley(join(berkeley, 'Packages'), type, headersOf(sqlite));
    const found = await read(join(berkeley, 'Packages'));
    const options = { backend: 'bdb_ro' } as const;
    expect(found.map(packageLine).sort()).toEqual(await queryDatabase(berkeley, packageFormat, options));
    expect(found.flatMap(fileLines).sort()).toEqual(await queryDatabase(berkeley, fileFormat, options));
    expect(found).toHaveLength(412);
  });

  it('of NDB gives the packages whose headers are in it', async () => {
    const headers = headersOf(sqlite).map(({ header }) => header);
    const path = join(root, 'Packages.db');
    // Every tenth slot is free, as after an erase.
    await writeFile(
      path,
      writeNdb(headers.flatMap((header, index) => (index % 10 === 0 ? [undefined, header] : [header]))),
    );
    const found = await read(path);
    expect(found.map(packageLine).sort()).toEqual(await queryDatabase(sqlite, packageFormat));
    expect(found.flatMap(fileLines).sort()).toEqual(await queryDatabase(sqlite, fileFormat));
  });
});

it('a database of 300 MB is read from scratch in less than 250 MB of memory', async () => {
  const program = join(
    import.meta.dirname,
    '../../packages/sbom/src/catalogers/rpm/read-large-database.test-support.ts',
  );
  const directory = await mkdtemp(join(tmpdir(), 'falcon-iar-rpm-large-'));
  try {
    // The agent's own settings: a small young generation and few malloc arenas keep garbage from piling up.
    const environment = { ...process.env, MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };
    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, ['--max-semi-space-size=4', program, ...args], { env: environment });
    await run('write', directory);
    const path = join(directory, 'rpmdb.sqlite');
    expect((await stat(path)).size).toBeGreaterThan(300e6);
    const { packages, problems, peakRss, seconds } = JSON.parse((await run('read', path)).stdout);
    process.stdout.write(`rpm database of 300 MB: ${Math.round(peakRss / 1e6)} MB at most, ${seconds.toFixed(1)} s\n`);
    expect({ packages, problems }).toEqual({ packages: 3000, problems: [] });
    expect(peakRss).toBeLessThan(250e6);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
