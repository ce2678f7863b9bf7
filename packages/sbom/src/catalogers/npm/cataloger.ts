import type { Cataloger } from '../../catalog/cataloger.ts';
import { npmFindings } from './package.ts';
import { type NpmPackage, parsePackageJson } from './parse-package-json.ts';

/** Bytes; a larger `package.json` is no manifest that a package manager wrote or would read in earnest. */
const maxManifestBytes = 5 * 1024 * 1024;

/**
 * Installed npm packages: every `package.json` with a name and a version, wherever it lies.
 *
 * One that cannot be read is a problem only where a package manager looks for a package, directly in a package's
 * directory below `node_modules`. Elsewhere broken manifests are templates and test data, of which images are full, and
 * no package is missed for them.
 */
export const npmCataloger: Cataloger<NpmPackage> = {
  name: 'npm',
  version: '1',
  select: {
    path: (path, kind) =>
      (path.endsWith('/package.json') || path === 'package.json') && kind !== 'directory' && kind !== 'special',
  },
  async extract(file, context) {
    if (file.kind !== 'file') return undefined;
    const expected = isPackagePlace(file.path);
    if (file.size > maxManifestBytes) {
      if (expected) context.problem('too-large', `${file.size} bytes, the limit is ${maxManifestBytes}`);
      return undefined;
    }
    const manifest = parsePackageJson(new TextDecoder().decode(await file.bytes(maxManifestBytes)));
    if (manifest.kind === 'package') return manifest.pkg;
    if (expected) context.problem('malformed', manifest.reason);
    return undefined;
  },
  assemble: npmFindings,
};

/** Whether Node.js and package managers look for a package here: `node_modules/name/` or `node_modules/@scope/name/`. */
function isPackagePlace(path: string): boolean {
  return /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(path);
}
