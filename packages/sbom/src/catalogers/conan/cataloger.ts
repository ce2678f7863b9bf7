import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { cachedReference, conanPackage, lockedConans } from './package.ts';
import { parseConanLock } from './parse-conan-lock.ts';
import { parseConanSections } from './parse-conan-sections.ts';

/** Bytes; large lock files have 200 KiB. */
const maxBytes = 8 * 1024 * 1024;

const requiredSections: ReadonlySet<string> = new Set(['requires', 'build_requires', 'tool_requires', 'test_requires']);
// What Conan 1 built with, whole; what only counted for the id of the package is in `requires`.
const builtSections: ReadonlySet<string> = new Set(['full_requires']);

/** C and C++ packages of Conan. */
export const conanCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'conan',
  version: '1',
  description: {
    title: 'C and C++ packages of Conan',
    selects: ['**/conaninfo.txt', '**/conan.lock', '**/conanfile.txt'],
    reads:
      'built packages with what they were built with, the locked and the required ones with user, channel and revisions',
    emits: ['conan'],
  },
  select: { names: ['conaninfo.txt', 'conan.lock', 'conanfile.txt'] },
  isolate: { deadline: 30_000 },
  read(file, context) {
    const name = baseName(file.path);
    if (name === 'conaninfo.txt') return readInfo(file, context);
    const form = { what: `a ${name}`, maxBytes };
    if (name === 'conan.lock') {
      return readStatedPackages(file, context, { ...form, parse: parseConanLock, state: lockedConans });
    }
    return readStatedPackages(file, context, {
      ...form,
      parse: (text) => parseConanSections(text, requiredSections),
      state: (references) => references.map((reference) => conanPackage(reference, 'declared')),
    });
  },
});

async function readInfo(file: SelectedFile, context: ExtractContext): Promise<readonly StatedPackage[] | undefined> {
  const cached = cachedReference(file.path);
  const needed = await readStatedPackages(file, context, {
    ...{ what: 'a conaninfo.txt', maxBytes },
    parse: (text) => parseConanSections(text, builtSections),
    state: (references) => references.map((reference) => conanPackage(reference, 'installed')),
  });
  if (cached === undefined || needed === undefined) return needed;
  const dependsOn = needed.map(({ name, version }) => `${name}@${version}`);
  return [{ ...conanPackage(cached, 'installed'), dependsOn }, ...needed];
}
