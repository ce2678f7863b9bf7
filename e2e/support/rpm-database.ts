import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Tool } from './required-tools.ts';
import { runTool } from './run-tool.ts';

/** The programs that these functions and `rpmPackages` run. */
export const rpmTools: readonly Tool[] = ['rpm', 'rpmbuild', 'rpmsign', 'gpg', 'db_load'];

/** Where rpm is told to keep its database, and how it is told to open it. */
export interface RpmDatabaseOptions {
  /** `bdb_ro` for Berkeley DB; the default is SQLite. */
  readonly backend?: 'bdb_ro' | 'sqlite';
}

/** Installs packages into a database and nowhere else. */
export async function installInDatabase(directory: string, packages: readonly string[]): Promise<void> {
  const unchecked = [
    '--nodeps',
    '--noscripts',
    '--nosignature',
    '--nodigest',
    '--ignorearch',
    '--ignoreos',
    '--replacefiles',
  ];
  await rpm(directory, ['--justdb', ...unchecked, '-i', ...packages]);
}

/** Takes packages out of a database. */
export async function eraseFromDatabase(directory: string, names: readonly string[]): Promise<void> {
  await rpm(directory, ['--justdb', '--nodeps', '--noscripts', '-e', ...names]);
}

/** What rpm says of all packages, one line for each as the format gives it, sorted. */
export async function queryDatabase(
  directory: string,
  format: string,
  { backend = 'sqlite' }: RpmDatabaseOptions = {},
): Promise<string[]> {
  const output = await rpm(directory, ['--define', `_db_backend ${backend}`, '-qa', '--qf', format]);
  return output
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

/** The headers of a database, by rpm's numbers. */
export function headersOf(directory: string): { number: number; header: Uint8Array }[] {
  const database = new DatabaseSync(join(directory, 'rpmdb.sqlite'), { readOnly: true });
  try {
    const rows = database.prepare("SELECT hnum, blob FROM 'Packages' ORDER BY hnum").all();
    return rows.map(({ hnum, blob }) => ({ number: Number(hnum), header: blob as Uint8Array }));
  } finally {
    database.close();
  }
}

/** Has Berkeley DB write a `Packages` as rpm before 4.16 did. */
export async function loadBerkeley(
  path: string,
  type: 'hash' | 'btree',
  headers: readonly { number: number; header: Uint8Array }[],
): Promise<void> {
  const key = (number: number): string => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(number);
    return bytes.toString('hex');
  };
  const last = headers.at(-1)?.number ?? 0;
  const lines = [
    ...['VERSION=3', 'format=bytevalue', `type=${type}`, 'db_pagesize=4096', 'HEADER=END'],
    ...[` ${key(0)}`, ` ${key(last)}`],
    ...headers.flatMap(({ number, header }) => [` ${key(number)}`, ` ${Buffer.from(header).toString('hex')}`]),
    'DATA=END',
  ];
  await runTool('db_load', [path], { input: `${lines.join('\n')}\n` });
}

async function rpm(directory: string, args: readonly string[]): Promise<string> {
  return await runTool('rpm', ['--dbpath', directory, ...args], {
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  });
}
