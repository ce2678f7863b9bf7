/** A file of Red Hat's build information by its place. */
export interface BuildFile {
  /** `json`: a content manifest or labels, which its content tells. */
  readonly kind: 'json' | 'dockerfile';
  /** Name without what is the same for all of its kind: `ubi8-container-8.6-754`. */
  readonly stem: string;
}

const buildDirectories: readonly string[] = ['root/buildinfo', 'usr/share/buildinfo'];
const manifestDirectory = 'content_manifests';
const dockerfilePrefix = 'Dockerfile-';

/** Names of the directories that {@link buildFile} may know. */
export const buildFileDirectories: readonly string[] = ['buildinfo', manifestDirectory];

/**
 * Recognises a file of build information.
 *
 * @param path - Relative to the image root.
 */
export function buildFile(path: string): BuildFile | undefined {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const directory = path.slice(0, Math.max(slash, 0));
  const isOfBuild = buildDirectories.includes(directory);
  const isManifest = buildDirectories.some((candidate) => directory === `${candidate}/${manifestDirectory}`);
  if ((isOfBuild || isManifest) && name.endsWith('.json'))
    return { kind: 'json', stem: name.slice(0, -'.json'.length) };
  if (isOfBuild && name.startsWith(dockerfilePrefix)) {
    return { kind: 'dockerfile', stem: name.slice(dockerfilePrefix.length) };
  }
  return undefined;
}
