/**
 * Which image: a registry, a repository in it, and a tag, a digest or both. Always canonical: Docker Hub is
 * `docker.io`, its official images lie under `library/`.
 */
export interface Reference {
  /** Registry host in lower case with its port, `docker.io` for Docker Hub. */
  readonly registry: string;
  /** Repository name, `library/alpine`. */
  readonly repository: string;
  /** Tag, where one was given or defaulted. */
  readonly tag?: string;
  /** Digest, where one was given. It decides what is read; the tag is then only for display. */
  readonly digest?: string;
}
