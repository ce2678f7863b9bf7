import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { splitNpmName } from './package-name.ts';
import type { NpmPackage } from './parse-package-json.ts';

/** What a `package.json` states of its package, in the form that every cataloger emits. */
export function npmManifestPackage(pkg: NpmPackage): StatedPackage {
  const { licenses = [], author, description, homepage, repository, private: isPrivate } = pkg;
  return {
    ...{ type: 'npm', class: 'language', ...splitNpmName(pkg.name), version: pkg.version, licenses },
    ...withoutUndefined({ supplier: author, description, homepage }),
    details: withoutUndefined({ repository, private: isPrivate }),
  };
}
