import type { StatedPackage } from '../package-list.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { ElfPackageNote } from './parse-package-note.ts';

const systemTypes: ReadonlySet<string> = new Set(['deb', 'rpm', 'apk', 'alpm']);

/**
 * The package that a program's note names. It takes the distribution from the note where that has one: the program may
 * have been copied into another distribution's image, or into one that names none.
 */
export function notedPackage(note: ElfPackageNote): StatedPackage {
  const { name, version, architecture, os, osVersion, osCpe, appCpe, debugInfoUrl } = note;
  const ofSystem = systemTypes.has(note.type);
  const distro = os === undefined ? undefined : `${os}${osVersion === undefined ? '' : `-${osVersion}`}`;
  return {
    ...{ type: ofSystem ? note.type : 'generic', class: 'binary', name, version },
    ...(architecture !== undefined && { architecture }),
    ...(ofSystem && os !== undefined && distro !== undefined && { namespace: os, qualifiers: { distro } }),
    ...(appCpe?.startsWith('cpe:2.3:') && { cpes: [appCpe] }),
    details: withoutUndefined({
      ...{ noteType: ofSystem ? undefined : note.type, os, osVersion, osCpe, appCpe },
      debugInfoUrl: debugInfoUrl === undefined ? undefined : withoutCredentials(debugInfoUrl),
    }),
  };
}
