import { licenseOfAddress } from './license-addresses.ts';
import { licenseNameKey } from './license-name-key.ts';
import { licenseNames } from './license-names.ts';
import { knownSpdxId } from './spdx-ids.ts';

/** Characters; no name of a licence is longer. */
const maxNameLength = 200;

/**
 * The SPDX id of a licence by the name it is given in some ecosystem: `GPL-2+` and `GNU GPL v2 or later` are
 * `GPL-2.0-or-later`, `Expat` is `MIT`, `Apache License, Version 2.0` is `Apache-2.0`; web addresses of well-known texts
 * count as names.
 *
 * @returns undefined where the name may mean more than one text
 */
export function spdxLicenseId(name: string): string | undefined {
  if (name.length > maxNameLength) return undefined;
  const address = licenseOfAddress(name.trim());
  if (address !== undefined) return address;
  const key = licenseNameKey(name);
  if (Object.hasOwn(licenseNames, key)) return licenseNames[key];
  return gnuLicenseId(key) ?? knownSpdxId(key) ?? wholeVersion(key);
}

/** `apache-2` is `Apache-2.0`. Of Artistic 1 there are three texts. */
function wholeVersion(key: string): string | undefined {
  return /-\d$/.test(key) && key !== 'artistic-1' ? knownSpdxId(`${key}.0`) : undefined;
}

/** GNU licences, whose ids say whether later versions are allowed. Without a word on that they are taken literally. */
function gnuLicenseId(key: string): string | undefined {
  // As Fedora defined it: any version at all.
  if (key === 'gpl+') return 'GPL-1.0-or-later';
  const gnu = /^([al]?gpl|gfdl)(-niv)?-?([1-3])(?:\.([0-9]))?(?:\.0)?(\+|-or-later|-only)?$/.exec(key);
  if (gnu === null) return undefined;
  const [, family = '', noInvariants, major = '', minor = '0', later] = gnu;
  const invariants = noInvariants === undefined ? '' : '-no-invariants';
  const suffix = later === '+' || later === '-or-later' ? 'or-later' : 'only';
  return knownSpdxId(`${family}-${major}.${minor}${invariants}-${suffix}`);
}
