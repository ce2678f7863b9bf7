import { digestOf, parseDigest } from '../reference/digest.ts';
import { isTag } from '../reference/parse-reference.ts';

/** A manifest or blob as stored. */
export interface StoredContent {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

interface Repository {
  readonly blobs: Map<string, StoredContent>;
  readonly manifests: Map<string, StoredContent>;
  readonly tags: Map<string, string>;
}

/** The repositories of a test registry, in memory. */
export class RegistryContent {
  readonly #repositories = new Map<string, Repository>();

  /**
   * Stores a blob; gives its digest back.
   *
   * @param algorithm of the digest it is stored under
   */
  putBlob(name: string, bytes: Uint8Array, algorithm: 'sha256' | 'sha512' = 'sha256'): string {
    const digest = digestOf(bytes, algorithm);
    this.#repository(name).blobs.set(digest, { mediaType: 'application/octet-stream', bytes });
    return digest;
  }

  /** Lets a repository have a blob of another one; false where that has none. */
  mountBlob(name: string, digest: string, from: string): boolean {
    const content = this.#repositories.get(from)?.blobs.get(digest);
    if (content !== undefined) this.#repository(name).blobs.set(digest, content);
    return content !== undefined;
  }

  /** Stores a manifest under its digest, and under a tag where there is one; gives its digest back. */
  putManifest(
    name: string,
    tag: string | undefined,
    content: StoredContent,
    algorithm: 'sha256' | 'sha512' = 'sha256',
  ): string {
    const repository = this.#repository(name);
    const digest = digestOf(content.bytes, algorithm);
    repository.manifests.set(digest, content);
    if (tag !== undefined) repository.tags.set(tag, digest);
    return digest;
  }

  /** Removes a blob; true where there was one. */
  deleteBlob(name: string, digest: string): boolean {
    return this.#repositories.get(name)?.blobs.delete(digest) ?? false;
  }

  /** Removes a tag, or a manifest with all its tags; true where there was one. */
  deleteManifest(name: string, reference: string): boolean {
    const repository = this.#repositories.get(name);
    if (repository === undefined) return false;
    if (isTag(reference)) return repository.tags.delete(reference);
    for (const [tag, digest] of repository.tags) if (digest === reference) repository.tags.delete(tag);
    return repository.manifests.delete(reference);
  }

  /** Whether a repository exists. */
  has(name: string): boolean {
    return this.#repositories.has(name);
  }

  /** Names of all repositories, in order. */
  names(): readonly string[] {
    return [...this.#repositories.keys()].sort();
  }

  /** Tags of a repository, in order. */
  tags(name: string): readonly string[] {
    return [...(this.#repositories.get(name)?.tags.keys() ?? [])].sort();
  }

  /** The manifests of a repository by their digests. */
  manifests(name: string): ReadonlyMap<string, StoredContent> {
    return this.#repositories.get(name)?.manifests ?? new Map();
  }

  /** A blob by digest, or a manifest by tag or digest. */
  find(name: string, kind: 'blob' | 'manifest', reference: string): (StoredContent & { digest: string }) | undefined {
    const repository = this.#repositories.get(name);
    const digest = repository?.tags.get(kind === 'manifest' ? reference : '') ?? reference;
    const content = (kind === 'blob' ? repository?.blobs : repository?.manifests)?.get(digest);
    return content === undefined ? undefined : { ...content, digest };
  }

  #repository(name: string): Repository {
    const existing = this.#repositories.get(name);
    if (existing !== undefined) return existing;
    const created: Repository = { blobs: new Map(), manifests: new Map(), tags: new Map() };
    this.#repositories.set(name, created);
    return created;
  }
}

/** The algorithm of a digest whose form was checked. */
export function algorithmOf(digest: string): 'sha256' | 'sha512' {
  return parseDigest(digest).algorithm;
}
