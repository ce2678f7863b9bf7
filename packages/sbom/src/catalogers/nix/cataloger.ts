import type { Cataloger } from '../../catalog/cataloger.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { listedPackages, type PackageListFacts, type StatedPackage } from '../package-list.ts';
import { type NixStorePath, parseNixStorePath } from './parse-store-path.ts';

const store = 'nix/store/';

/**
 * Packages in the Nix store. Their directories' names say all that is said of them; no file is read. Sources, derivations
 * and patches lie in the store as files and are no packages.
 */
export const nixCataloger: Cataloger<PackageListFacts> = {
  name: 'nix',
  version: '1',
  description: {
    title: 'Nix packages',
    selects: ['nix/store/*/'],
    reads: 'the names of the directories in the store: package, version, output, hash',
    emits: ['nix'],
  },
  select: {
    directories: ['store'],
    path: (path, kind) =>
      kind === 'directory' && path.startsWith(store) && parseNixStorePath(path.slice(store.length)) !== undefined,
  },
  async extract(file) {
    const pkg = file.kind === 'directory' ? parseNixStorePath(baseName(file.path)) : undefined;
    return pkg && { packages: [statedPackage(pkg)] };
  },
  assemble: listedPackages,
};

function statedPackage({ hash, name, version, output }: NixStorePath): StatedPackage {
  return {
    ...{ type: 'nix', class: 'os', name, version },
    details: { outputHash: hash, ...(output !== undefined && { output }) },
    qualifiers: { outputhash: hash, ...(output !== undefined && { output }) },
  };
}
