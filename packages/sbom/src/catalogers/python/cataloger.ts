import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { readLines } from '../text/read-lines.ts';
import type { PythonFacts } from './facts.ts';
import { pythonFile } from './metadata-files.ts';
import { pythonFindings } from './package.ts';
import { parseDirectUrl } from './parse-direct-url.ts';
import { createPythonMetadataParser } from './parse-metadata.ts';

/** The header of a metadata file; the description behind it is not read. */
const headerLimits = { lineBytes: 64 * 1024, totalBytes: 4 * 1024 * 1024 };
const maxNeighbourBytes = 64 * 1024;

/** Installed Python packages, from the metadata that pip, uv, setuptools and distributions leave beside the code. */
export const pythonCataloger: Cataloger<PythonFacts> = {
  name: 'python',
  version: '1',
  select: {
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && pythonFile(path) !== undefined,
  },
  async extract(file, context) {
    switch (file.kind === 'file' ? pythonFile(file.path)?.kind : undefined) {
      case 'metadata':
        return extractMetadata(file, context);
      case 'installer': {
        const name = new TextDecoder().decode(await file.bytes(maxNeighbourBytes)).trim();
        return /^[\w.-]{1,100}$/.test(name) ? { kind: 'installer', name } : undefined;
      }
      case 'direct-url': {
        const from = parseDirectUrl(new TextDecoder().decode(await file.bytes(maxNeighbourBytes)));
        if (from === undefined) context.problem('malformed', 'not a direct_url.json');
        return from && { kind: 'direct-url', from };
      }
      default:
        return undefined;
    }
  },
  assemble: pythonFindings,
};

async function extractMetadata(file: SelectedFile, context: ExtractContext): Promise<PythonFacts | undefined> {
  const parser = createPythonMetadataParser();
  const end = await readLines(file.stream(), headerLimits, (line) => parser.line(line));
  if (end === 'too-large') context.problem('too-large', `a header of more than ${headerLimits.totalBytes} bytes`);
  const metadata = parser.end();
  if (metadata.kind === 'package') return { kind: 'metadata', pkg: metadata.pkg };
  context.problem('malformed', metadata.reason);
  return undefined;
}
