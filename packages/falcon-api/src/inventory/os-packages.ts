import { omitUndefined } from '../omit-undefined.ts';
import type { OsInfo } from '../wire/os-info.ts';
import type { PackageInfo } from '../wire/package-info.ts';
import type { InputDistro, InputPackage, InventoryInput } from './inventory-input.ts';
import { stringMember } from './json-member.ts';
import { layerPosition } from './layer-position.ts';

/** Distributions whose name in the cloud is shorter than the `NAME` of their os-release. */
const shortNames: Readonly<Record<string, string>> = { alpine: 'Alpine', debian: 'Debian' };

/**
 * The operating system; both texts are empty where the image has no distribution. Of Windows, which has no release file,
 * the platform tells the build.
 */
export function toOsInfo({ distro, layers, subject: { platform } }: InventoryInput): OsInfo {
  if (distro === undefined) {
    return platform.os === 'windows'
      ? { Name: 'Windows', Version: platform.osVersion ?? '' }
      : { Name: '', Version: '' };
  }
  return omitUndefined({
    DisplayVersion: distro.displayVersion,
    EditionID: distro.editionId,
    InstallType: distro.installType,
    ...layerPosition(layers, distro.layer),
    Name: distroName(distro),
    Version: distro.versionId ?? distro.versionCodename ?? distro.buildId ?? '',
  });
}

/** The OS packages, in the order of the inventory. */
export function toPackages(inventory: InventoryInput): readonly PackageInfo[] {
  return inventory.packages.filter((each) => each.class === 'os').map((each) => toPackage(each, inventory));
}

function toPackage(from: InputPackage, { distro, layers }: InventoryInput): PackageInfo {
  return omitUndefined({
    InstallDate: stringMember(from.details, 'installedAt'),
    ...layerPosition(layers, from.occurrences[0]?.introducedIn ?? 0),
    MajorVersion: from.version,
    PackageHash: preferredHash(from),
    PackageProvider: from.type,
    PackageSource: `${from.source?.name ?? from.name} ${from.source?.version ?? from.version}`,
    Product: from.name,
    SoftwareArchitecture: from.architecture,
    Status: stringMember(from.details, 'status') ?? from.scope,
    Vendor: distro && distroName(distro),
  });
}

/** The SHA-256 of a package, or the first hash its metadata states. */
export function preferredHash({ hashes = [] }: Pick<InputPackage, 'hashes'>): string | undefined {
  return (hashes.find(({ algorithm }) => algorithm === 'SHA-256') ?? hashes[0])?.content;
}

function distroName({ id, name }: InputDistro): string {
  return Object.hasOwn(shortNames, id) ? shortNames[id]! : (name ?? id);
}
