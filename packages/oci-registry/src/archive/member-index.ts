import { posix } from 'node:path';
import { isDigest } from '../reference/digest.ts';
import { readCapped } from '../transport/read-capped.ts';
import { archiveClosed, archiveInvalid } from './archive-error.ts';
import type { ArchiveFile } from './archive-file.ts';
import type { TarMember } from './index-tar.ts';
import type { PassedBlob } from './passed-blob.ts';

/** Links followed from one member to another. */
const maxLinks = 8;

/** Canonical form of a member name; `undefined` for one that leads out of the archive. */
export function canonicalName(name: string): string | undefined {
  const normal = posix.normalize(name);
  return normal.startsWith('/') || normal === '..' || normal.startsWith('../') ? undefined : normal;
}

/** The digest that a member's name claims: `<hex>.json`, `sha256:<hex>`, `blobs/sha256/<hex>`, `<hex>.tar.gz`. */
export function claimedDigest(name: string): string | undefined {
  const match = /^(?:blobs\/)?(?:(sha256|sha512)[:/])?([0-9a-f]{64,128})(?:\.json|\.tar|\.tar\.gz)?$/.exec(name);
  const digest = `${match?.[1] ?? 'sha256'}:${match?.[2] ?? ''}`;
  return isDigest(digest) ? digest : undefined;
}

/** The members of an archive by name. Names are looked up here and nowhere else: never on the disk. */
export class MemberIndex {
  readonly #file: Pick<ArchiveFile, 'path' | 'closed' | 'range'>;
  readonly #members = new Map<string, TarMember>();
  readonly #repeated = new Set<string>();
  readonly #kept = new Map<TarMember, Uint8Array>();
  readonly #passed = new Map<TarMember, PassedBlob>();

  constructor(file: Pick<ArchiveFile, 'path' | 'closed' | 'range'>) {
    this.#file = file;
  }

  /** Path of the archive, for messages. */
  get path(): string {
    return this.#file.path;
  }

  /** Adds a member. Of two with the same name the later one counts, as where the archive is unpacked. */
  add(member: TarMember): void {
    const name = canonicalName(member.name);
    if (name === undefined) return;
    if (this.#members.has(name)) this.#repeated.add(name);
    this.#members.set(name, member);
  }

  /** Keeps the content of a member in memory. */
  keep(member: TarMember, bytes: Uint8Array): void {
    this.#kept.set(member, bytes);
  }

  /** Notes what was learnt of a member that passed by in a stream. */
  notePassed(member: TarMember, blob: PassedBlob): void {
    this.#passed.set(member, blob);
  }

  /** What was learnt of a member that has passed by; `undefined` where the archive is a file. */
  passed(member: TarMember): PassedBlob | undefined {
    return this.#passed.get(member);
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
   * A document of the archive as a whole.
   *
   * @param limit its largest size, in bytes
   * @param tooLarge the error for a larger one
   * @throws RegistryError `ARCHIVE_INVALID` where it is cut short, or there more than once: other readers might see
   * the other one
   */
  async read(
    member: TarMember,
    limit: number,
    signal: AbortSignal | undefined,
    tooLarge: () => Error,
  ): Promise<Uint8Array> {
    const name = canonicalName(member.name) ?? '';
    if (this.#repeated.has(name) && claimedDigest(name) === undefined) {
      throw archiveInvalid(this.path, `${name} is in it more than once`);
    }
    if (member.size > limit) throw tooLarge();
    const bytes = await readCapped(this.open(member, signal), limit, tooLarge);
    if (bytes.length !== member.size) throw archiveInvalid(this.path, `${name} is cut short`);
    return bytes;
  }

  async *#yieldKept(bytes: Uint8Array, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted();
    if (this.#file.closed) throw archiveClosed(this.path);
    yield bytes;
  }
}
