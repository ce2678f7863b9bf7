import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { parsePnpmLock } from '../pnpm/parse-pnpm-lock.ts';
import type { NpmFacts } from './facts.ts';
import type { LockedNpmPackage } from './locked-package.ts';
import { npmFindings } from './package.ts';
import { isPackagePlace } from './package-place.ts';
import { parsePackageJson } from './parse-package-json.ts';
import { parsePackageLock } from './parse-package-lock.ts';
import { readNpmLock } from './read-lock.ts';

/** Bytes; a larger `package.json` is no manifest that a package manager wrote or would read in earnest. */
const maxManifestBytes = 5 * 1024 * 1024;

/**
 * Installed npm packages: every `package.json` with a name and a version, wherever it lies, with what npm and pnpm
 * recorded of it when they installed it.
 *
 * One that cannot be read is a problem only where a package manager looks for a package, directly in a package's
 * directory below `node_modules`. Elsewhere broken manifests are templates and test data, of which images are full, and
 * no package is missed for them.
 */
export const npmCataloger: Cataloger<NpmFacts> = {
  name: 'npm',
  version: '2',
  description: {
    title: 'Installed npm packages',
    selects: ['**/package.json', '**/node_modules/.package-lock.json', '**/node_modules/.pnpm/lock.yaml'],
    reads: 'the manifest of each package, and what npm and pnpm recorded of its origin and hashes',
    emits: ['npm'],
  },
  select: {
    names: ['package.json', '.package-lock.json', 'lock.yaml'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && fileKind(path) !== undefined,
  },
  async extract(file, context) {
    switch (file.kind === 'file' ? fileKind(file.path) : undefined) {
      case 'manifest':
        return extractManifest(file, context);
      case 'tree':
        return recorded('tree', (await readNpmLock(file, context, parsePackageLock))?.packages);
      case 'store':
        return recorded('store', (await readNpmLock(file, context, parsePnpmLock))?.packages);
      default:
        return undefined;
    }
  },
  assemble: npmFindings,
};

function fileKind(path: string): NpmFacts['kind'] | undefined {
  if (path.endsWith('/package.json') || path === 'package.json') return 'manifest';
  if (/(?:^|\/)node_modules\/\.package-lock\.json$/.test(path)) return 'tree';
  return /(?:^|\/)node_modules\/\.pnpm\/lock\.yaml$/.test(path) ? 'store' : undefined;
}

async function extractManifest(file: SelectedFile, context: ExtractContext): Promise<NpmFacts | undefined> {
  const expected = isPackagePlace(file.path);
  if (file.size > maxManifestBytes) {
    if (expected) context.problem('too-large', `${file.size} bytes, the limit is ${maxManifestBytes}`);
    return undefined;
  }
  const manifest = parsePackageJson(new TextDecoder().decode(await file.bytes(maxManifestBytes)));
  if (manifest.kind === 'package') return { kind: 'manifest', pkg: manifest.pkg };
  if (expected) context.problem('malformed', manifest.reason);
  return undefined;
}

/** A record without what the manifests say better. */
function recorded(kind: 'tree' | 'store', packages: readonly LockedNpmPackage[] | undefined): NpmFacts | undefined {
  if (packages === undefined || packages.length === 0) return undefined;
  return { kind, packages: packages.map(({ dependsOn: _, ...pkg }) => pkg) };
}
