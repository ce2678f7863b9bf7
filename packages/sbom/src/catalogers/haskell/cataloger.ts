import type { Cataloger } from '../../catalog/cataloger.ts';
import { baseName, parentName } from '../../catalog/path-selection.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import {
  type HackagePackage,
  parseCabalFreeze,
  parseGhcPackage,
  parseStackLock,
  type RegisteredPackage,
} from './parse-haskell.ts';

/** Bytes; large lock files have 200 KiB. */
const maxBytes = 4 * 1024 * 1024;

const database = /^package(?:\.conf)?\.d(?:b)?$/;

/** Haskell packages: registered with GHC, and those that Stack and Cabal lock. */
export const haskellCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'haskell',
  version: '1',
  description: {
    title: 'Haskell packages',
    selects: ['**/package.conf.d/*.conf', '**/package.db/*.conf', '**/stack.yaml.lock', '**/cabal.project.freeze'],
    reads: 'packages that GHC has registered with licence and author, the ones that Stack and Cabal lock',
    emits: ['hackage'],
  },
  select: {
    names: ['stack.yaml.lock', 'cabal.project.freeze'],
    directories: ['package.conf.d', 'package.db'],
    path: (path, kind) =>
      kind !== 'directory' && kind !== 'special' && (path.endsWith('.conf') || !database.test(parentName(path))),
  },
  isolate: { deadline: 30_000 },
  read(file, context) {
    const name = baseName(file.path);
    if (name.endsWith('.conf')) {
      return readStatedPackages(file, context, {
        ...{ what: 'a package that GHC registered', maxBytes, mayBeOther: true },
        parse: (text) => {
          const registered = parseGhcPackage(text);
          return registered && [registered];
        },
        state: (packages) => packages.map(registeredPackage),
      });
    }
    const parse = name === 'stack.yaml.lock' ? parseStackLock : parseCabalFreeze;
    const state = (packages: readonly HackagePackage[]): StatedPackage[] => packages.map(lockedPackage);
    return readStatedPackages(file, context, { what: `a ${name}`, maxBytes, parse, state });
  },
});

function lockedPackage({ name, version }: HackagePackage): StatedPackage {
  return { type: 'hackage', class: 'language', scope: 'declared', name, version, details: {} };
}

function registeredPackage({
  name,
  version,
  license,
  author,
  homepage,
  synopsis,
  id,
}: RegisteredPackage): StatedPackage {
  return {
    ...{ type: 'hackage', class: 'language', name, version },
    ...(license !== undefined && { licenses: [license] }),
    ...withoutUndefined({ supplier: author, description: synopsis }),
    ...(homepage !== undefined && { homepage: withoutCredentials(homepage) }),
    details: withoutUndefined({ id }),
  };
}
