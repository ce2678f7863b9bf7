import type { Cataloger } from '../../catalog/cataloger.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { type NeedingFacts, namedNeeds } from '../named-needs.ts';
import { listedPackages } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { installedRPackage, lockedRPackages } from './package.ts';
import { parseRDescription } from './parse-description.ts';
import { parseRenvLock } from './parse-renv-lock.ts';

const maxDescriptionBytes = 1024 * 1024;
const maxLockBytes = 16 * 1024 * 1024;

/** Packages of R: those in its libraries, and those that renv locked. */
export const rCataloger: Cataloger<NeedingFacts> = {
  name: 'r',
  version: '1',
  description: {
    title: 'R packages',
    selects: ['**/DESCRIPTION', '**/renv.lock'],
    reads: 'installed packages with licence, maintainer and what each needs; locked packages of renv',
    emits: ['cran'],
  },
  select: { names: ['DESCRIPTION', 'renv.lock'] },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    if (baseName(file.path) === 'renv.lock') {
      const packages = await readStatedPackages(file, context, {
        ...{ what: 'an renv.lock', maxBytes: maxLockBytes, parse: parseRenvLock, state: lockedRPackages },
      });
      return packages === undefined || packages.length === 0 ? undefined : { packages };
    }
    // Many other things have a file of this name, and R's own are small.
    if (file.size > maxDescriptionBytes) return undefined;
    const pkg = parseRDescription(new TextDecoder().decode(await file.bytes(maxDescriptionBytes)));
    return pkg && { packages: [installedRPackage(pkg)], ...(pkg.needs && { needs: pkg.needs }) };
  },
  *assemble(view) {
    yield* listedPackages(view);
    yield* namedNeeds(view, libraryOf);
  },
};

/** The library that a package's directory lies in. */
function libraryOf(path: string): string | undefined {
  return baseName(path) === 'DESCRIPTION' ? path.split('/').slice(0, -2).join('/') : undefined;
}
