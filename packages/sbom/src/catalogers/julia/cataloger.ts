import type { Cataloger } from '../../catalog/cataloger.ts';
import type { PackageScope } from '../../model/package.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { readStatedPackages } from '../read-stated-packages.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type JuliaPackage, parseJuliaManifest, parseJuliaProject } from './parse-julia.ts';

/** Bytes; manifests of large applications have 200 KiB. */
const maxBytes = 4 * 1024 * 1024;

/** Where Pkg installs: `packages/Name/slug`, or with Julia itself: `stdlib/v1.10/Name`. */
const installedPath = /\/(?:packages\/([^/]+)\/[A-Za-z0-9]{4,5}|stdlib\/v[\d.]+\/([^/]+))\/Project\.toml$/;
const manifestName = /(?:^|\/)(?:Julia)?Manifest(?:-v[\d.]+)?\.toml$/;

/** Julia packages: installed in a depot or with Julia, and those that manifests lock. */
export const juliaCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'julia',
  version: '1',
  description: {
    title: 'Julia packages',
    selects: [
      '**/packages/*/*/Project.toml',
      '**/stdlib/v*/*/Project.toml',
      '**/Manifest.toml',
      '**/JuliaManifest.toml',
    ],
    reads: 'installed packages with their ids, the locked ones with tree hashes and what each needs',
    emits: ['julia'],
  },
  select: {
    names: ['Project.toml', 'Manifest.toml', 'JuliaManifest.toml'],
    path: (path, kind) =>
      kind !== 'directory' && kind !== 'special' && (manifestName.test(path) || installedPath.test(path)),
  },
  isolate: { deadline: 30_000 },
  read(file, context) {
    if (manifestName.test(file.path)) {
      return readStatedPackages(file, context, {
        // A manifest within an installed package is one of its author, for its tests.
        ...{ what: 'a manifest of Julia', maxBytes, mayBeOther: true, parse: parseJuliaManifest },
        state: (packages) => juliaPackages(packages, 'declared'),
      });
    }
    const [, installed, standard] = installedPath.exec(file.path) ?? [];
    return readStatedPackages(file, context, {
      ...{ what: 'a Project.toml of a package', maxBytes, mayBeOther: true },
      parse: (text) => {
        const pkg = parseJuliaProject(text);
        return pkg?.name === (installed ?? standard) && pkg !== undefined ? [pkg] : undefined;
      },
      state: (packages) => juliaPackages(packages, 'installed'),
    });
  },
});

function juliaPackages(packages: readonly JuliaPackage[], scope: PackageScope): StatedPackage[] {
  return packages.map(({ name, version, uuid, tree, needs }) => ({
    ...{ type: 'julia', class: 'language', scope, key: name, name, version, qualifiers: { uuid } },
    ...(needs.length > 0 && { dependsOn: needs }),
    details: withoutUndefined({ tree }),
  }));
}
