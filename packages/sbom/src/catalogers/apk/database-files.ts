/** A file of apk by its place. `root` is the root of its system as a prefix of paths. */
export interface ApkFile {
  readonly kind: 'installed' | 'world';
  readonly root: string;
}

const installed = /^((?:.*?\/)??)(?:(?:usr|var)\/)?lib\/apk\/db\/installed$/;
const world = /^((?:.*\/)?)etc\/apk\/world$/;

/** Alpine's place, the one of apk-tools 3 (Wolfi), and the one of systems with all state below `/var`. */
export const apkDatabasePaths: readonly string[] = [
  'lib/apk/db/installed',
  'usr/lib/apk/db/installed',
  'var/lib/apk/db/installed',
];

/**
 * Recognises apk's databases and lists of wanted packages at any depth: an image may carry the root of another system.
 *
 * @param path - Relative to the image root.
 */
export function apkFile(path: string): ApkFile | undefined {
  const kind = path.endsWith('/world') ? 'world' : 'installed';
  const root = (kind === 'world' ? world : installed).exec(path)?.[1];
  return root === undefined ? undefined : { kind, root };
}
