import { sbomPackage } from '../embedded-sbom/package.ts';
import type { SbomDocument } from '../embedded-sbom/sbom-component.ts';
import { OwnedPaths } from '../owned-path.ts';
import type { PackageListFacts, StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { BitnamiComponent } from './parse-components.ts';

/** What one of Bitnami's files says. */
export interface BitnamiFacts extends PackageListFacts {
  /** Key of the component that the document is about, with the encoded hashes of the files that it names. */
  readonly owns?: { readonly key: string; readonly paths: string };
}

/** The finding of a component of the list. */
export function bitnamiPackage({ name, version, architecture, distro }: BitnamiComponent): StatedPackage {
  return {
    ...{ type: 'bitnami', class: 'os', name, version, ...withoutUndefined({ architecture }) },
    qualifiers: withoutUndefined({ arch: architecture, distro }),
  };
}

/**
 * The packages of a component's document, all of which are installed: the component itself and what was built into it.
 *
 * @param path - Of the document, which lies at the top of the component's directory; its files are relative to that.
 */
export function bitnamiFacts(path: string, { components, subjects, files }: SbomDocument): BitnamiFacts {
  const packages = components.flatMap((component) => {
    const stated = sbomPackage(component, 'installed');
    return stated === undefined ? [] : [asBitnami(stated)];
  });
  const named = (pkg: StatedPackage): boolean => pkg.key !== undefined && subjects.includes(pkg.key);
  const main = packages.find(named) ?? packages.find(({ type }) => type === 'bitnami');
  if (main?.key === undefined || files.length === 0) return { packages };
  const paths = new OwnedPaths();
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  for (const file of files) paths.add(directory + file.replace(/^(?:\.?\/)+/, ''));
  return { packages, owns: { key: main.key, paths: paths.encode() } };
}

function asBitnami(pkg: StatedPackage): StatedPackage {
  if (pkg.type !== 'bitnami') return pkg;
  return { ...pkg, class: 'os', ...withoutUndefined({ architecture: pkg.qualifiers?.arch }) };
}
