/** Files of a package's directory in `/var/db/pkg` that are read; each holds one value, but for `CONTENTS`. */
export const portageFields = [
  'CONTENTS',
  'DESCRIPTION',
  'HOMEPAGE',
  'LICENSE',
  'RDEPEND',
  'SIZE',
  'SLOT',
  'repository',
] as const;

/** Name of such a file. */
export type PortageField = (typeof portageFields)[number];

/** A file of Portage's database of installed packages by its place in it. */
export interface PortageFile {
  readonly field: PortageField;
  /** Root of its system as a prefix of paths. */
  readonly root: string;
  /** Directory of the package. */
  readonly directory: string;
  /** Name of the category: `dev-libs`. */
  readonly category: string;
  /** Name of the package with its version: `openssl-3.0.13-r2`. */
  readonly pf: string;
}

const inDatabase = /^((?:.*\/)?)var\/db\/pkg\/([^/]+)\/([^/]+)\/([^/]+)$/;

/**
 * Recognises the files of Portage's databases at any depth.
 *
 * @param path - Relative to the image root.
 */
export function portageFile(path: string): PortageFile | undefined {
  // Cheaper than the pattern: every LICENSE of an image comes here.
  if (!path.includes('var/db/pkg/')) return undefined;
  const [, root, category, pf, name] = inDatabase.exec(path) ?? [];
  const field = portageFields.find((known) => known === name);
  if (root === undefined || category === undefined || pf === undefined || field === undefined) return undefined;
  return { field, root, directory: path.slice(0, path.lastIndexOf('/')), category, pf };
}
