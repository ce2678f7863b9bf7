import { WatcherError } from '../watcher-error.ts';
import type { PodImage } from './image-event.ts';
import { type ImageName, normalizeRegistry, parseImageName } from './image-name.ts';

/** What is not of interest. The rules are those of the public chart's `exclusions` values. */
export interface ImageExclusions {
  /** Names of namespaces. */
  readonly namespaces?: readonly string[];
  /** `host` or `host:port` without a scheme, compared whole: `localhost` does not cover `localhost:5000`. */
  readonly registries?: readonly string[];
  /**
   * Image references. Without a registry `index.docker.io` is meant, without tag or digest `latest`. One with a digest
   * also covers a container whose running digest it is.
   */
  readonly images?: readonly string[];
}

/** Tells whether an image is excluded. */
export interface ExclusionRule {
  /** Whether everything in a namespace is left out. */
  namespace(name: string): boolean;
  /** Whether an image is left out, wherever it runs. */
  image(image: Pick<PodImage, 'reference' | 'digest'>): boolean;
}

/**
 * Reads exclusions once for many questions. Empty entries and blanks around an entry do not count.
 *
 * @throws WatcherError `OPTIONS_INVALID` for an entry that could never match.
 */
export function compileExclusions({ namespaces, registries, images }: ImageExclusions): ExclusionRule {
  const excludedNamespaces = new Set(entries(namespaces));
  const excludedRegistries = new Set(entries(registries).map(registryOf));
  const excludedImages = Map.groupBy(entries(images).map(imageOf), repositoryOf);
  return {
    namespace: (name) => excludedNamespaces.has(name),
    image({ reference, digest }) {
      const name = parseImageName(reference);
      if (name === undefined) return false;
      if (excludedRegistries.has(name.registry)) return true;
      const rules = excludedImages.get(repositoryOf(name)) ?? [];
      return rules.some((rule) => {
        const isTag = rule.tag === undefined || rule.tag === name.tag;
        const isDigest = rule.digest === undefined || rule.digest === name.digest || rule.digest === digest;
        return isTag && isDigest;
      });
    },
  };
}

function entries(list: readonly string[] = []): string[] {
  return list.map((entry) => entry.trim()).filter((entry) => entry !== '');
}

function registryOf(entry: string): string {
  if (/[/@\s]/.test(entry)) {
    throw new WatcherError('OPTIONS_INVALID', `exclusions: ${JSON.stringify(entry)} is not host or host:port`, {
      hint: 'Leave out the scheme and the path; exclude single images by name.',
    });
  }
  return normalizeRegistry(entry);
}

function imageOf(entry: string): ImageName {
  const name = parseImageName(entry);
  if (name === undefined) {
    throw new WatcherError('OPTIONS_INVALID', `exclusions: ${JSON.stringify(entry)} is not an image reference`);
  }
  return name;
}

function repositoryOf({ registry, repository }: ImageName): string {
  return `${registry}/${repository}`;
}
