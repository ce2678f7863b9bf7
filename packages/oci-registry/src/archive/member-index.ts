import { posix } from 'node:path';
import { readCapped } from '../transport/read-capped.ts';
import { archiveClosed, archiveInvalid } from './archive-error.ts';
import type { ArchiveFile } from './archive-file.ts';
import { type TarMember, tarMembers } from './index-tar.ts';

/** Links followed from one member to another. */
const maxLinks = 8;
/** Small members of a compressed archive that are kept, so that no document costs another pass: each, and in all. */
const keptBytes = 1024 * 1024;
const keptTotalBytes = 16 * 1024 * 1024;

/** Canonical form of a member name; `undefined` for one that leads out of the archive. */
function canonicalName(name: string): string | undefined {
  const normal = posix.normalize(name);
  return normal.startsWith('/') || normal === '..' || normal.startsWith('../') ? undefined : normal;
}

/** The members of an archive by name. Names are looked up here and nowhere else: never on the disk. */
export class MemberIndex {
  readonly #file: ArchiveFile;
  readonly #members: ReadonlyMap<string, TarMember>;
  readonly #kept: ReadonlyMap<TarMember, Buffer>;

  constructor(file: ArchiveFile, members: ReadonlyMap<string, TarMember>, kept: ReadonlyMap<TarMember, Buffer>) {
    this.#file = file;
    this.#members = members;
    this.#kept = kept;
  }

  /** Path of the archive, for messages. */
  get path(): string {
    return this.#file.path;
  }

  /**
   * The file of a name, links inside the archive followed; `undefined` where there is none.
   *
   * @throws RegistryError `ARCHIVE_INVALID` for links in a circle
   */
  find(name: string): TarMember | undefined {
    let at = canonicalName(name);
    for (let links = 0; at !== undefined; links++) {
      const member = this.#members.get(at);
      if (member === undefined || member.kind === 'file') return member;
      if (links === maxLinks) throw archiveInvalid(this.path, 'its links lead in a circle');
      // A symlink starts where it lies, a hard link at the root of the archive.
      at = canonicalName(member.kind === 'symlink' ? posix.join(posix.dirname(at), member.target) : member.target);
    }
    return undefined;
  }

  /** The body of a member, or no more than its first `length` bytes. */
  open(member: TarMember, signal: AbortSignal | undefined, length: number = member.size): AsyncIterable<Uint8Array> {
    const kept = this.#kept.get(member);
    const end = member.offset + Math.min(length, member.size);
    return {
      [Symbol.asyncIterator]: () => {
        if (kept !== undefined) return this.#yieldKept(kept.subarray(0, length), signal);
        return this.#file.range(member.offset, end, signal)[Symbol.asyncIterator]();
      },
    };
  }

  /**
   * A small member as a whole.
   *
   * @throws RegistryError `ARCHIVE_INVALID` where it is larger than `limit` bytes, or cut short
   */
  async read(member: TarMember, limit: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const tooLarge = (): Error => archiveInvalid(this.path, `${member.name} is larger than ${limit} bytes`);
    if (member.size > limit) throw tooLarge();
    const bytes = await readCapped(this.open(member, signal), limit, tooLarge);
    if (bytes.length !== member.size) throw archiveInvalid(this.path, `${member.name} is cut short`);
    return bytes;
  }

  async *#yieldKept(bytes: Uint8Array, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted();
    if (this.#file.closed) throw archiveClosed(this.path);
    yield bytes;
  }
}

/**
 * Reads the headers of an archive. In a plain tar nothing else is read; in a compressed one everything has to be
 * inflated, and small members are kept.
 *
 * @throws RegistryError `ARCHIVE_INVALID`
 */
export async function indexArchive(file: ArchiveFile, signal: AbortSignal | undefined): Promise<MemberIndex> {
  const members = new Map<string, TarMember>();
  const kept = new Map<TarMember, Buffer>();
  let keptTotal = 0;
  const reader = file.reader(signal);
  try {
    for await (const member of tarMembers(reader, file.path)) {
      signal?.throwIfAborted();
      const name = canonicalName(member.name);
      if (name !== undefined) members.set(name, member);
      const keeps = file.sequentialOnly && member.size <= keptBytes && keptTotal + member.size <= keptTotalBytes;
      if (!keeps || member.kind !== 'file') continue;
      kept.set(member, await reader.read(member.size));
      keptTotal += member.size;
    }
  } finally {
    await reader.close();
  }
  return new MemberIndex(file, members, kept);
}
