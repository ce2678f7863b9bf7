import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { CosPackage } from './parse-package-info.ts';

/** The finding of one package; names are unique within a category only. */
export function cosFinding({ name, version, category, ebuildVersion }: CosPackage): StatedPackage {
  return {
    ...{ type: 'cos', class: 'os', name, version, key: `${category ?? ''}/${name}@${version}` },
    details: withoutUndefined({ category, ebuildVersion }),
  };
}
