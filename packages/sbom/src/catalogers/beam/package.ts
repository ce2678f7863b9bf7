import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { LockedBeamPackage } from './locked-package.ts';
import { otpApplications } from './otp-applications.ts';
import type { BeamApplication } from './parse-application.ts';

/** The package of an application that is there in compiled form. */
export function installedApplication({ name, version, description }: BeamApplication): StatedPackage {
  const type = otpApplications.has(name) ? 'otp' : 'hex';
  return {
    ...{ type, class: 'language', name, version, key: 'application' },
    ...(description !== undefined && { description }),
    details: { application: true },
  };
}

/**
 * The packages of a lock file. Private repositories of Hex are named as the namespace (purl-spec, `hex`); what came from
 * version control is known by its commit.
 */
export function lockedBeamPackages(packages: readonly LockedBeamPackage[]): StatedPackage[] {
  const names = new Set(packages.map(({ name }) => name));
  return packages.map(({ name, version, source, origin, sha256, requires }) => {
    const needed = [...new Set(requires)].filter((other) => other !== name && names.has(other));
    const isHex = source === 'hex';
    const organisation = isHex ? origin?.replace(/^hexpm:/, '') : undefined;
    return {
      ...{ type: 'hex', class: 'language', scope: 'declared', key: name, name, version },
      ...(organisation !== undefined && { namespace: organisation }),
      ...(needed.length > 0 && { dependsOn: needed }),
      ...(sha256 !== undefined && { hashes: [{ algorithm: 'SHA-256' as const, content: sha256 }] }),
      details: withoutUndefined({ source: isHex ? undefined : source, repository: isHex ? undefined : origin }),
    };
  });
}
