/** A file of a Flatpak installation by its place in it. */
export interface FlatpakFile {
  readonly kind: 'metadata' | 'metainfo';
  /** Directory of all that is installed: `var/lib/flatpak`. */
  readonly installation: string;
  /** Directory of one deployed commit. */
  readonly deployment: string;
  readonly ref: FlatpakRef;
}

/** What Flatpak calls a ref, with the commit of it that is deployed. */
export interface FlatpakRef {
  readonly kind: 'app' | 'runtime';
  /** `org.gnome.Maps` */
  readonly id: string;
  readonly architecture: string;
  readonly branch: string;
  readonly commit: string;
}

const deployed = /^((?:.*\/)?flatpak)\/(app|runtime)\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\/(.+)$/;

/**
 * Recognises what a Flatpak installation says of an app or runtime: `metadata`, and its AppStream metainfo.
 *
 * @param path - Relative to the image root.
 */
export function flatpakFile(path: string): FlatpakFile | undefined {
  const match = deployed.exec(path);
  if (match === null) return undefined;
  const [, installation = '', refKind, id = '', architecture = '', branch = '', commit = '', file = ''] = match;
  const kind = file === 'metadata' ? 'metadata' : metainfoFiles(id).includes(file) ? 'metainfo' : undefined;
  if (kind === undefined) return undefined;
  const ref: FlatpakRef = { kind: refKind === 'app' ? 'app' : 'runtime', id, architecture, branch, commit };
  return { kind, installation, deployment: path.slice(0, -file.length - 1), ref };
}

/** Where a deployment has its metainfo, the most usual place first. */
export function metainfoFiles(id: string): string[] {
  return ['files/share/metainfo', 'export/share/metainfo', 'files/share/appdata', 'export/share/appdata'].flatMap(
    (directory) => [`${directory}/${id}.metainfo.xml`, `${directory}/${id}.appdata.xml`],
  );
}
