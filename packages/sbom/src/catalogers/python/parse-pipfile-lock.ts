import { isFields } from '../text/json-fields.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type LockedPythonPackage, maxLockedPackages, onlyHash, type PythonLock } from './locked-package.ts';

/** Reads a `Pipfile.lock` (Pipenv): the packages to run and those for development alone. Never throws. */
export function parsePipfileLock(text: string): PythonLock {
  let lock: unknown;
  try {
    lock = JSON.parse(text);
  } catch (error) {
    return { kind: 'malformed', reason: `not JSON (${error instanceof Error ? error.name : 'unreadable'})` };
  }
  if (!isFields(lock) || !isFields(lock._meta)) return { kind: 'malformed', reason: 'no lock file of Pipenv' };
  const [run, develop] = [entriesOf(lock.default), entriesOf(lock.develop)];
  const toRun = new Set(run.map(([name]) => name));
  const packages = [
    ...run.flatMap(([name, fields]) => lockedPackage(name, fields, false) ?? []),
    ...develop.flatMap(([name, fields]) => (toRun.has(name) ? [] : (lockedPackage(name, fields, true) ?? []))),
  ];
  return {
    kind: 'packages',
    packages: packages.slice(0, maxLockedPackages),
    truncated: packages.length > maxLockedPackages,
  };
}

function lockedPackage(name: string, fields: unknown, dev: boolean): LockedPythonPackage | undefined {
  if (!isFields(fields)) return undefined;
  const { version: stated, hashes, ref, path } = fields;
  const version = typeof stated === 'string' ? /^===?\s*(.+)$/.exec(stated)?.[1] : undefined;
  const commit = typeof ref === 'string' && isPlainToken(ref) ? ref.toWellFormed() : undefined;
  const known = version ?? commit;
  if (path !== undefined || known === undefined || !isPlainToken(known) || !isPlainToken(name)) return undefined;
  const more = { hash: Array.isArray(hashes) ? onlyHash(hashes) : undefined, dev: dev ? (true as const) : undefined };
  return { name, version: known, ...withoutUndefined({ ...more, commit }) };
}

function entriesOf(group: unknown): [string, unknown][] {
  return isFields(group) ? Object.entries(group) : [];
}
