import type { Cataloger, ExtractContext } from '../../catalog/cataloger.ts';
import { SbomError } from '../../sbom-error.ts';
import { openZip, type ZipArchive } from '../../zip/open-zip.ts';
import type { ZipEntry } from '../../zip/zip-entry.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { markerEnvironment } from './marker-environment.ts';
import { pythonMetadataPackage } from './metadata-package.ts';
import { normalizedPythonName } from './normalized-name.ts';
import { parsePythonMetadata } from './parse-metadata.ts';

/** Bytes of one metadata file, description included. */
const maxMetadataBytes = 4 * 1024 * 1024;
/** Packages in one archive; more than one only where somebody joined them by hand. */
const maxMetadataFiles = 100;

/** Python packages in archives that Python imports from as they are: eggs, and wheels that lie on the module path. */
export const pythonArchiveCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'python-archive',
  version: '1',
  description: {
    title: 'Python eggs and wheels',
    selects: ['**/*.egg', '**/*.whl'],
    reads: 'the metadata inside each archive',
    emits: ['pypi'],
  },
  select: { suffixes: ['.egg', '.whl'], path: (_, kind) => kind === 'file' },
  isolate: { deadline: 30_000 },
  async read(file, context) {
    const { signal } = context;
    const zip = await openZip(await file.random(), { wanted: isMetadata, maxWanted: maxMetadataFiles, signal });
    // Anything may be called an egg; a wheel is a wheel.
    if (zip === undefined && /\.whl$/i.test(file.path)) context.problem('malformed', 'not a zip archive');
    if (zip?.defect !== undefined) context.problem(zip.defect.code, zip.defect.reason);
    return zip && (await readPackages(zip, file.path, context));
  },
});

/** At the top of the archive; metadata further down came with what the package carries for its own use. */
function isMetadata(name: string): boolean {
  return /^(?:[^/]+\.dist-info\/METADATA|EGG-INFO\/PKG-INFO)$/i.test(name);
}

async function readPackages(zip: ZipArchive, path: string, context: ExtractContext): Promise<StatedPackage[]> {
  const packages: StatedPackage[] = [];
  for (const entry of zip.entries) {
    const text = await readEntry(zip, entry, context);
    if (text === undefined) continue;
    const metadata = parsePythonMetadata(text, markerEnvironment(path));
    if (metadata.kind === 'malformed') {
      context.problem('malformed', `in ${entry.name}: ${metadata.reason}`);
      continue;
    }
    const { pkg } = metadata;
    const key = normalizedPythonName(pkg.name);
    packages.push({ ...pythonMetadataPackage(pkg), key, ...(pkg.requires && { dependsOn: pkg.requires }) });
  }
  return packages;
}

async function readEntry(zip: ZipArchive, entry: ZipEntry, context: ExtractContext): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await zip.read(entry, maxMetadataBytes));
  } catch (error) {
    if (!(error instanceof SbomError)) throw error;
    const code = error.code === 'FILE_TOO_LARGE' ? 'too-large' : 'malformed';
    context.problem(code, error.message.replace(/^\[[A-Z_]+\] /, ''));
    return undefined;
  }
}
