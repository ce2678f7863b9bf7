/** An image reference in the parts the cloud wants. */
export interface ReferenceParts {
  readonly Registry?: string;
  readonly Repository: string;
  readonly Tag?: string;
}

/**
 * Splits a reference. Without a registry it is Docker Hub's, without tag and digest the tag is `latest`. What is no
 * reference to a registry, such as the path of an archive, stays whole as the repository.
 */
export function splitReference(reference: string): ReferenceParts {
  const [name = '', digest] = reference.split('@', 2);
  const slash = name.indexOf('/');
  const head = name.slice(0, Math.max(slash, 0));
  const hasRegistry = head === 'localhost' || /[.:]/.test(head);
  const rest = hasRegistry ? name.slice(slash + 1) : name;
  const colon = rest.indexOf(':');
  const repository = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  const registry = hasRegistry ? head : 'index.docker.io';
  if (!isRegistry(registry) || !isRepository(repository) || (tag !== undefined && !isTag(tag))) {
    return { Repository: reference };
  }
  const parts = { Registry: registry, Repository: repository };
  if (tag === undefined && digest !== undefined) {
    return parts;
  }
  return { ...parts, Tag: tag ?? 'latest' };
}

function isRegistry(text: string): boolean {
  return /^(\[[\da-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?$/.test(text);
}

function isRepository(text: string): boolean {
  return /^[a-z\d][a-z\d._/-]*$/.test(text);
}

function isTag(text: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(text);
}
