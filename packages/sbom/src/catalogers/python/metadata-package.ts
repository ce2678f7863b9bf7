import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { PythonPackage } from './parse-metadata.ts';

/** What a metadata file states of its package, in the form that every cataloger emits. */
export function pythonMetadataPackage(pkg: PythonPackage): StatedPackage {
  const { name, version, licenses = [], author, summary, homepage } = pkg;
  return {
    ...{ type: 'pypi', class: 'language', name, version, licenses },
    ...withoutUndefined({ supplier: author, description: summary, homepage }),
  };
}
