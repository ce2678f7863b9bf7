/** An image reference taken apart, with the defaults of the public chart's exclusions filled in. */
export interface ImageName {
  /** Lower case, with its port; `index.docker.io` for every spelling of Docker Hub. */
  readonly registry: string;
  readonly repository: string;
  /** `latest` where there is neither tag nor digest. */
  readonly tag?: string;
  /** `algorithm:hex`. */
  readonly digest?: string;
}

const hub = 'index.docker.io';
const hubNames: ReadonlySet<string> = new Set([hub, 'docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);
const shape = /^([\w.:/[\]-]+?)(?::([\w][\w.-]{0,127}))?(?:@([a-z0-9+._-]+:[0-9a-f]{32,128}))?$/i;
const longest = 4096;

/** A registry as exclusions compare it. */
export function normalizeRegistry(registry: string): string {
  const name = registry.toLowerCase();
  return hubNames.has(name) ? hub : name;
}

/** @returns `undefined` for a text that cannot be an image reference. */
export function parseImageName(text: string): ImageName | undefined {
  if (text.length > longest) return undefined;
  const slash = text.indexOf('/');
  const head = text.slice(0, Math.max(slash, 0));
  const isRegistry = head === 'localhost' || /[.:]/.test(head) || head !== head.toLowerCase();
  const [, name, tag, digest] = shape.exec(isRegistry ? text.slice(slash + 1) : text) ?? [];
  if (name === undefined) return undefined;
  const registry = isRegistry ? normalizeRegistry(head) : hub;
  const repository = registry === hub && !name.includes('/') ? `library/${name}` : name;
  const implied = tag === undefined && digest === undefined ? 'latest' : tag;
  return { registry, repository, ...(implied && { tag: implied }), ...(digest && { digest }) };
}
