import type { StatedPackage } from '../package-list.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { OpamPackage } from './parse-opam.ts';

/** Where a switch keeps the file of what it has installed: `.opam-switch/packages/NAME.VERSION/opam`. */
export const installedPath: RegExp = /(?:^|\/)\.opam-switch\/packages\/([\w+-]+)\.([^/]+)\/opam$/;

/** The packages of an `opam` file: the one it is about, where it has a version, and those that it pins. */
export function opamPackages(path: string, opam: OpamPackage): StatedPackage[] {
  const [, installed, installedVersion] = installedPath.exec(path) ?? [];
  if (installed !== undefined && installedVersion !== undefined) {
    return [{ ...described(opam, installed, installedVersion), scope: 'installed' }];
  }
  const fileName = /([^/]+)\.opam(?:\.locked)?$/.exec(path)?.[1];
  const name = opam.name ?? fileName;
  const own = name === undefined || opam.version === undefined ? [] : [described(opam, name, opam.version)];
  return [...own, ...opam.pinned.map((pin) => declared(pin.name, pin.version))];
}

function described(opam: OpamPackage, name: string, version: string): StatedPackage {
  const { licenses, synopsis, maintainer, homepage, hashes } = opam;
  return {
    ...{ ...declared(name, version), licenses },
    ...withoutUndefined({ description: synopsis, supplier: maintainer }),
    ...(homepage !== undefined && { homepage: withoutCredentials(homepage) }),
    ...(hashes.length > 0 && { hashes }),
  };
}

function declared(name: string, version: string): StatedPackage {
  return { type: 'opam', class: 'language', scope: 'declared', name, version, details: {} };
}
