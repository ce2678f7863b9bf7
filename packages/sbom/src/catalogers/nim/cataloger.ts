import type { Cataloger } from '../../catalog/cataloger.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type LockedNim, type NimbleFile, parseNimble, parseNimbleLock } from './parse-nim.ts';

/** Bytes; real files have 10 KiB. */
const maxBytes = 1024 * 1024;

/** Where Nimble installs: `pkgs/NAME-VERSION`, since 0.14 `pkgs2/NAME-VERSION-HASH`. */
const installedPath = /\/pkgs2?\/[^/]+-[^/]+\/[^/]+\.nimble$/;

/** Nim packages: installed by Nimble, and those that projects state or lock. */
export const nimCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'nim',
  version: '1',
  description: {
    title: 'Nim packages (Nimble)',
    selects: ['**/*.nimble', '**/nimble.lock'],
    reads: 'installed packages with authors and licences, the locked ones with their repositories',
    emits: ['nim'],
  },
  select: { names: ['nimble.lock'], suffixes: ['.nimble'] },
  read(file, context) {
    if (baseName(file.path) === 'nimble.lock') {
      return readStatedPackages(file, context, {
        ...{ what: 'a nimble.lock', maxBytes, parse: parseNimbleLock, state: lockedNims },
      });
    }
    return readStatedPackages(file, context, {
      // A package may take its version from elsewhere, for this is a script.
      ...{ what: 'a .nimble file', maxBytes, mayBeOther: true },
      parse: (text) => {
        const nimble = parseNimble(text);
        return nimble && [nimble];
      },
      state: (files) => files.map((nimble) => statedNim(file.path, nimble)),
    });
  },
});

function statedNim(path: string, { version, author, description, license }: NimbleFile): StatedPackage {
  return {
    ...{ type: 'nim', class: 'language', scope: installedPath.test(path) ? 'installed' : 'declared' },
    ...{ name: baseName(path).replace(/\.nimble$/i, ''), version },
    ...(license !== undefined && { licenses: [license] }),
    ...withoutUndefined({ supplier: author, description }),
    details: {},
  };
}

function lockedNims(packages: readonly LockedNim[]): StatedPackage[] {
  return packages.map(({ name, version, revision, url, needs }) => ({
    ...{ type: 'nim', class: 'language', scope: 'declared', key: name, name, version },
    ...(needs.length > 0 && { dependsOn: needs }),
    details: withoutUndefined({ revision, url }),
  }));
}
