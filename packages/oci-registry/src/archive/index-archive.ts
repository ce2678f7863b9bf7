import type { ArchiveFile } from './archive-file.ts';
import { tarMembers } from './index-tar.ts';
import { MemberIndex } from './member-index.ts';

/** Small members of a compressed archive that are kept, so that no document costs another pass: each, and in all. */
const keptBytes = 1024 * 1024;
const keptTotalBytes = 16 * 1024 * 1024;

/**
 * Reads the headers of an archive. In a plain tar nothing else is read; in a compressed one everything has to be
 * inflated, and small members are kept.
 *
 * @throws RegistryError `ARCHIVE_INVALID`
 */
export async function indexArchive(file: ArchiveFile, signal: AbortSignal | undefined): Promise<MemberIndex> {
  const members = new MemberIndex(file);
  let keptTotal = 0;
  const reader = file.reader(signal);
  try {
    for await (const member of tarMembers(reader, file.path)) {
      signal?.throwIfAborted();
      members.add(member);
      const keeps = file.sequentialOnly && member.size <= keptBytes && keptTotal + member.size <= keptTotalBytes;
      if (!keeps || member.kind !== 'file') continue;
      members.keep(member, await reader.read(member.size));
      keptTotal += member.size;
    }
  } finally {
    await reader.close();
  }
  return members;
}
