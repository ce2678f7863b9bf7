import type { RegistryError } from '../error.ts';
import { archiveInvalid } from './archive-error.ts';
import type { MemberIndex } from './member-index.ts';

/** The two forms of an archive; newer Docker writes one that is both. */
export type ArchiveFormat = 'docker-archive' | 'oci-archive';

const documents: Readonly<Record<ArchiveFormat, string>> = {
  'docker-archive': 'manifest.json',
  'oci-archive': 'index.json',
};

/**
 * The error for an archive that is not of the form it was opened as: says what it is instead.
 *
 * @param wanted `undefined` where either would do
 */
export function otherFormat(members: MemberIndex, wanted: ArchiveFormat | undefined): RegistryError {
  const { path } = members;
  const other = wanted === 'docker-archive' ? 'oci-archive' : 'docker-archive';
  if (wanted !== undefined && members.find(documents[other]) !== undefined) {
    const reason = `it is an ${other}: it has ${documents[other]}, and no image in ${documents[wanted]}`;
    return archiveInvalid(path, reason.replace('an docker', 'a docker'), undefined, `read it as ${other}`);
  }
  if (members.find('repositories') !== undefined) {
    const reason = 'it is of the form that Docker wrote before 1.10, whose content cannot be verified';
    return archiveInvalid(path, reason, undefined, 'load it into a current Docker or Podman and save it again');
  }
  const missing = wanted === undefined ? 'neither manifest.json nor index.json' : `no ${documents[wanted]}`;
  return archiveInvalid(path, `it has ${missing}`);
}
