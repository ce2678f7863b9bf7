import type { Distro } from '../../model/distro.ts';
import type { Inventory } from '../../model/inventory.ts';
import { imageName, imagePurl } from '../../purl/image-purl.ts';
import { isFormattedCpe } from '../cpe.ts';
import type { SpdxChecksum, SpdxExternalRef, SpdxPackage } from './document.ts';
import { distroId, imageId } from './element-id.ts';

/** What the standard demands of every package and nobody here has an opinion on. */
export const unasserted = {
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
} as const;

/** A reference by package URL. */
export function purlRef(purl: string): SpdxExternalRef {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl };
}

/** A reference by CPE 2.3. */
export function cpeRef(cpe: string): SpdxExternalRef {
  return { referenceCategory: 'SECURITY', referenceType: 'cpe23Type', referenceLocator: cpe };
}

/** The image: the package that the document describes. Its comment tells platform and layers, lowest first. */
export function imagePackage({ subject, layers }: Pick<Inventory, 'subject' | 'layers'>): SpdxPackage {
  const { os, architecture, variant, osVersion } = subject.platform;
  const platform = [os, architecture, variant].filter((part) => part !== undefined).join('/');
  const checksums = digestChecksums(subject.digest);
  const lines = [
    `Reference: ${subject.reference}`,
    `Platform: ${platform}${osVersion === undefined ? '' : ` ${osVersion}`}`,
    `Config: ${subject.configDigest}`,
    ...(subject.identity === 'config' ? ['The image has no manifest; its version is the digest of its config.'] : []),
    ...layers.map(
      ({ index, digest, diffId, size }) =>
        `Layer ${index}: ${digest}, ${size} bytes${diffId === undefined ? '' : `, uncompressed ${diffId}`}`,
    ),
  ];
  return {
    SPDXID: imageId,
    name: imageName(subject.reference),
    versionInfo: subject.digest,
    ...unasserted,
    ...(checksums.length > 0 && { checksums }),
    licenseDeclared: 'NOASSERTION',
    comment: lines.join('\n'),
    externalRefs: [purlRef(imagePurl(subject))],
    primaryPackagePurpose: 'CONTAINER',
  };
}

/** The distribution. */
export function distroPackage(distro: Distro): SpdxPackage {
  const version = distro.versionId ?? distro.buildId;
  const { cpeName } = distro;
  return {
    SPDXID: distroId,
    name: distro.id,
    ...(version !== undefined && { versionInfo: version }),
    ...unasserted,
    sourceInfo: `Found in /${distro.path} (layer ${distro.layer})`,
    licenseDeclared: 'NOASSERTION',
    ...(distro.prettyName !== undefined && { description: distro.prettyName }),
    ...(cpeName !== undefined && isFormattedCpe(cpeName) && { externalRefs: [cpeRef(cpeName)] }),
    primaryPackagePurpose: 'OPERATING_SYSTEM',
  };
}

const digestAlgorithms: Readonly<Record<string, SpdxChecksum['algorithm']>> = {
  sha256: 'SHA256',
  sha384: 'SHA384',
  sha512: 'SHA512',
};

function digestChecksums(digest: string): SpdxChecksum[] {
  const [name = '', checksumValue = ''] = digest.split(':');
  const algorithm = Object.hasOwn(digestAlgorithms, name) ? digestAlgorithms[name] : undefined;
  return algorithm === undefined || !/^[0-9a-f]+$/.test(checksumValue) ? [] : [{ algorithm, checksumValue }];
}
