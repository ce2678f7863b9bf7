import { omitUndefined } from '../omit-undefined.ts';
import type { DescriptorDocument, ManifestDocument, PlatformDocument } from '../wire/manifest-document.ts';
import type { InventoryInput } from './inventory-input.ts';
import {
  type ForeignObject,
  integerMember,
  objectMember,
  objectsMember,
  stringMapMember,
  stringMember,
  stringsMember,
} from './json-member.ts';

/** The manifest with the members the cloud knows, each of its type; all others are left out. */
export function toManifestDocument({ subject, layers }: InventoryInput): ManifestDocument {
  const { manifest, configDigest } = subject;
  const config = objectMember(manifest, 'config');
  const subjectOf = objectMember(manifest, 'subject');
  return omitUndefined({
    annotations: stringMapMember(manifest, 'annotations'),
    artifactType: stringMember(manifest, 'artifactType'),
    config: (config && toDescriptor(config)) ?? {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: configDigest,
      size: 0,
    },
    layers:
      objectsMember(manifest, 'layers')?.flatMap((layer) => toDescriptor(layer) ?? []) ??
      layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
    mediaType: stringMember(manifest, 'mediaType'),
    schemaVersion: integerMember(manifest, 'schemaVersion') === 1 ? 1 : 2,
    subject: subjectOf && toDescriptor(subjectOf),
  });
}

/** `undefined` where it lacks what makes it a descriptor. */
function toDescriptor(from: ForeignObject): DescriptorDocument | undefined {
  const digest = stringMember(from, 'digest');
  const mediaType = stringMember(from, 'mediaType');
  const size = integerMember(from, 'size');
  if (digest === undefined || mediaType === undefined || size === undefined) {
    return undefined;
  }
  const platform = objectMember(from, 'platform');
  return omitUndefined({
    annotations: stringMapMember(from, 'annotations'),
    artifactType: stringMember(from, 'artifactType'),
    data: stringMember(from, 'data'),
    digest,
    mediaType,
    platform: platform && toPlatform(platform),
    size,
    urls: stringsMember(from, 'urls'),
  });
}

function toPlatform(from: ForeignObject): PlatformDocument | undefined {
  const architecture = stringMember(from, 'architecture');
  const os = stringMember(from, 'os');
  if (architecture === undefined || os === undefined) {
    return undefined;
  }
  return omitUndefined({
    architecture,
    os,
    'os.features': stringsMember(from, 'os.features'),
    'os.version': stringMember(from, 'os.version'),
    variant: stringMember(from, 'variant'),
  });
}
