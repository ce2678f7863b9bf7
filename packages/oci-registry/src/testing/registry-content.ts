import { digestOf } from '../reference/digest.ts';

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

  /** Stores a blob; gives its digest back. */
  putBlob(name: string, bytes: Uint8Array): string {
    const digest = digestOf(bytes);
    this.#repository(name).blobs.set(digest, { mediaType: 'application/octet-stream', bytes });
    return digest;
  }

  /** Stores a manifest under its digest, and under a tag where there is one; gives its digest back. */
  putManifest(name: string, tag: string | undefined, content: StoredContent): string {
    const repository = this.#repository(name);
    const digest = digestOf(content.bytes);
    repository.manifests.set(digest, content);
    if (tag !== undefined) repository.tags.set(tag, digest);
    return digest;
  }

  /** Removes a blob; true where there was one. */
  deleteBlob(name: string, digest: string): boolean {
    return this.#repositories.get(name)?.blobs.delete(digest) ?? false;
  }

  /** Whether a repository exists. */
  has(name: string): boolean {
    return this.#repositories.has(name);
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
