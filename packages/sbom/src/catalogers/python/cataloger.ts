import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { readLines } from '../text/read-lines.ts';
import type { PythonFacts } from './facts.ts';
import { markerEnvironment } from './marker-environment.ts';
import { pythonFile, pythonFileNames } from './metadata-files.ts';
import { pythonFindings } from './package.ts';
import { parseBundledSbom } from './parse-bundled-sbom.ts';
import { parseDirectUrl } from './parse-direct-url.ts';
import { createPythonMetadataParser } from './parse-metadata.ts';
import { parseRequiresText } from './parse-requires.ts';

/** The header of a metadata file; the description behind it is not read. */
const headerLimits = { lineBytes: 64 * 1024, totalBytes: 4 * 1024 * 1024 };
const maxNeighbourBytes = 64 * 1024;

const maxSbomBytes = 16 * 1024 * 1024;

/** Installed Python packages, from the metadata that pip, uv, setuptools and distributions leave beside the code. */
export const pythonCataloger: Cataloger<PythonFacts> = {
  name: 'python',
  version: '2',
  description: {
    title: 'Installed Python packages',
    selects: [
      '**/*.dist-info/{METADATA,INSTALLER,REQUESTED,direct_url.json}',
      '**/*.dist-info/sboms/*.json',
      '**/*.egg-info',
      '**/*.egg-info/{PKG-INFO,requires.txt}',
      '**/EGG-INFO/{PKG-INFO,requires.txt}',
    ],
    reads: 'the metadata of each package, who installed it from where, and what its binaries contain (PEP 770)',
    emits: ['pypi', 'the types in documents of PEP 770'],
  },
  select: {
    names: pythonFileNames,
    suffixes: ['.egg-info'],
    directories: ['sboms'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && pythonFile(path) !== undefined,
  },
  async extract(file, context) {
    switch (file.kind === 'file' ? pythonFile(file.path)?.kind : undefined) {
      case 'metadata':
        return extractMetadata(file, context);
      case 'installer': {
        const name = (await textOf(file, maxNeighbourBytes)).trim();
        return /^[\w.-]{1,100}$/.test(name) ? { kind: 'installer', name } : undefined;
      }
      case 'direct-url': {
        const from = parseDirectUrl(await textOf(file, maxNeighbourBytes));
        if (from === undefined) context.problem('malformed', 'not a direct_url.json');
        return from && { kind: 'direct-url', from };
      }
      case 'requested':
        return { kind: 'requested' };
      case 'requires': {
        const names = parseRequiresText(await textOf(file, maxNeighbourBytes), markerEnvironment(file.path));
        return names.length === 0 ? undefined : { kind: 'requires', names };
      }
      case 'sbom':
        return extractSbom(file, context);
      default:
        return undefined;
    }
  },
  assemble: pythonFindings,
};

async function extractMetadata(file: SelectedFile, context: ExtractContext): Promise<PythonFacts | undefined> {
  const parser = createPythonMetadataParser(markerEnvironment(file.path));
  const end = await readLines(file.stream(), headerLimits, (line) => parser.line(line));
  if (end === 'too-large') context.problem('too-large', `a header of more than ${headerLimits.totalBytes} bytes`);
  const metadata = parser.end();
  if (metadata.kind === 'package') return { kind: 'metadata', pkg: metadata.pkg };
  context.problem('malformed', metadata.reason);
  return undefined;
}

async function extractSbom(file: SelectedFile, context: ExtractContext): Promise<PythonFacts | undefined> {
  const sbom = parseBundledSbom(await textOf(file, maxSbomBytes));
  if (sbom.kind !== 'components') {
    context.problem(sbom.kind, sbom.reason);
    return undefined;
  }
  if (sbom.truncated) context.problem('too-large', 'more components than are read');
  return sbom.components.length === 0 ? undefined : { kind: 'sbom', components: sbom.components };
}

async function textOf(file: SelectedFile, max: number): Promise<string> {
  return new TextDecoder().decode(await file.bytes(max));
}
