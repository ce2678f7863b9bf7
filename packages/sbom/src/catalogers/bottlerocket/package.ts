import type { StatedPackage } from '../package-list.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { BottlerocketPackage } from './parse-application-inventory.ts';

/** The finding of one entry: Bottlerocket is built from rpms, so that is the type of its packages. */
export function bottlerocketFinding(pkg: BottlerocketPackage): StatedPackage {
  const { name, version, architecture, publisher, summary, url, applicationType, installedAt } = pkg;
  const optional = {
    architecture,
    supplier: publisher,
    description: summary,
    homepage: url && withoutCredentials(url),
  };
  return {
    ...{ type: 'rpm', class: 'os', name, version },
    ...withoutUndefined(optional),
    details: withoutUndefined({ applicationType, installedAt }),
  };
}
