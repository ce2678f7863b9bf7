import type { DoubleImage, StoredContent } from './image-content.ts';

interface Repository {
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, StoredContent>;
  readonly blobs: Map<string, StoredContent>;
}

/** The content of a registry, in memory. */
export class Repositories {
  readonly #byName = new Map<string, Repository>();

  /** Paths of all repositories. */
  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /** Stores an image under a tag, which moves to it where it named another one. */
  put(name: string, tag: string, image: DoubleImage): void {
    const repository = this.#byName.get(name) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
    this.#byName.set(name, repository);
    for (const manifest of image.manifests) {
      repository.manifests.set(manifest.digest, manifest);
    }
    for (const blob of image.blobs) {
      repository.blobs.set(blob.digest, blob);
    }
    repository.tags.set(tag, image.root.digest);
  }

  /** Tags in the order of their characters, as registries list them; `undefined` where there is no such repository. */
  tags(name: string): readonly string[] | undefined {
    const tags = this.#byName.get(name)?.tags;
    return tags === undefined ? undefined : [...tags.keys()].sort();
  }

  /** @param reference - Tag or digest. */
  manifest(name: string, reference: string): StoredContent | undefined {
    const repository = this.#byName.get(name);
    return repository?.manifests.get(repository.tags.get(reference) ?? reference);
  }

  blob(name: string, digest: string): StoredContent | undefined {
    return this.#byName.get(name)?.blobs.get(digest);
  }
}
