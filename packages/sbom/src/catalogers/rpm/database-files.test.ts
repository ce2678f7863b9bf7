import { expect, it } from 'vitest';
import { rpmDatabaseFile } from './database-files.ts';

it.each([
  ['var/lib/rpm/Packages', { kind: 'database', database: 'var/lib/rpm/Packages', root: '' }],
  ['usr/lib/sysimage/rpm/Packages.db', { kind: 'database', database: 'usr/lib/sysimage/rpm/Packages.db', root: '' }],
  ['usr/share/rpm/rpmdb.sqlite-wal', { kind: 'log', database: 'usr/share/rpm/rpmdb.sqlite', root: '' }],
  ['mnt/root/var/lib/rpm/Packages', { kind: 'database', database: 'mnt/root/var/lib/rpm/Packages', root: 'mnt/root/' }],
  ['var/lib/rpm/Name', undefined],
  ['var/lib/rpm/Packages-wal', undefined],
  ['srv/notvar/lib/rpm/Packages', undefined],
  ['srv/rpm/Packages', undefined],
  ['Packages', undefined],
])('rpmDatabaseFile knows %s', (path, expected) => {
  expect(rpmDatabaseFile(path)).toEqual(expected);
});
