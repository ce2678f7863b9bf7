import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { SbomError } from '../../sbom-error.ts';
import { openZip, type ZipArchive } from '../../zip/open-zip.ts';
import type { ZipEntry } from '../../zip/zip-entry.ts';
import { npmManifestPackage } from '../npm/manifest-package.ts';
import { isPackagePlace } from '../npm/package-place.ts';
import { parsePackageJson } from '../npm/parse-package-json.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';

/** Bytes of one manifest. */
const maxManifestBytes = 5 * 1024 * 1024;
/** Packages in one archive: its own and those bundled with it. */
const maxManifests = 1_000;
/** Bytes of all manifests of one archive. */
const maxTotalBytes = 64 * 1024 * 1024;

/**
 * Packages that Yarn keeps as zip archives. With its Plug'n'Play, Node.js runs them from there, and no `node_modules`
 * shows them.
 */
export const yarnCacheCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'yarn-cache',
  version: '1',
  description: {
    title: "Yarn's cache and Plug'n'Play packages",
    selects: ['**/.yarn/cache/*.zip', '**/.yarn/berry/cache/*.zip'],
    reads: 'the manifests in each archive',
    emits: ['npm'],
  },
  select: {
    suffixes: ['.zip'],
    path: (path, kind) => kind === 'file' && /\.yarn\/(?:berry\/)?cache\/[^/]+$/.test(path),
  },
  isolate: { deadline: 30_000 },
  async read(file, context) {
    const { signal } = context;
    const zip = await openZip(await file.random(), { wanted: isPackagePlace, maxWanted: maxManifests, signal });
    if (zip === undefined) context.problem('malformed', 'not a zip archive');
    if (zip?.defect !== undefined) context.problem(zip.defect.code, zip.defect.reason);
    return zip && (await readManifests(zip, file, context));
  },
});

async function readManifests(
  zip: ZipArchive,
  { path }: SelectedFile,
  context: ExtractContext,
): Promise<StatedPackage[]> {
  const packages: StatedPackage[] = [];
  let total = 0;
  for (const entry of zip.entries) {
    total += entry.size;
    if (total > maxTotalBytes) {
      context.problem('too-large', `manifests of more than ${maxTotalBytes} bytes in ${path}`);
      break;
    }
    const text = await readEntry(zip, entry, context);
    const manifest = text === undefined ? undefined : parsePackageJson(text);
    if (manifest?.kind === 'package') packages.push({ ...npmManifestPackage(manifest.pkg), key: entry.name });
    else if (manifest !== undefined) context.problem('malformed', `in ${entry.name}: ${manifest.reason}`);
  }
  return packages;
}

async function readEntry(zip: ZipArchive, entry: ZipEntry, context: ExtractContext): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await zip.read(entry, maxManifestBytes));
  } catch (error) {
    if (!(error instanceof SbomError)) throw error;
    const code = error.code === 'FILE_TOO_LARGE' ? 'too-large' : 'malformed';
    context.problem(code, error.message.replace(/^\[[A-Z_]+\] /, ''));
    return undefined;
  }
}
