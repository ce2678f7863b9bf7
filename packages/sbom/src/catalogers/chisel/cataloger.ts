import { constants, createZstdDecompress } from 'node:zlib';
import type { Cataloger, ExtractContext, SelectedFile } from '../../catalog/cataloger.ts';
import { readLines } from '../text/read-lines.ts';
import type { ChiselFacts } from './facts.ts';
import { chiselFindings } from './package.ts';
import { type ChiselManifestParser, createChiselManifestParser } from './parse-manifest.ts';

/** Bytes of the compressed manifest. */
const maxFileBytes = 32 * 1024 * 1024;
const limits = { lineBytes: 1024 * 1024, totalBytes: 256 * 1024 * 1024 };
/** As a power of two: 16 MiB. A larger window is memory that nobody budgeted; such a manifest becomes a problem. */
const maxWindowLog = 24;

const path = 'var/lib/chisel/manifest.wall';

/** Ubuntu packages of chiselled images: they have slices of packages and no dpkg database. */
export const chiselCataloger: Cataloger<ChiselFacts> = {
  name: 'chisel',
  version: '1',
  description: {
    title: 'Ubuntu packages in slices (chisel)',
    selects: [path],
    reads: 'packages with the installed slices, the hash of the archive and the files of each',
    emits: ['deb'],
  },
  select: { names: ['manifest.wall'], known: [path] },
  isolate: { deadline: 30_000 },
  async extract(file, context) {
    if (file.kind !== 'file' || file.size === 0) return undefined;
    const parser = createChiselManifestParser();
    const broken = await readManifest(file, parser, context);
    const manifest = parser.end();
    if (manifest === undefined) {
      // Elsewhere a file of this name may be anything.
      const reason = broken ?? 'no chisel manifest: its first line is not a jsonwall header';
      if (isChiselPath(file.path)) context.problem('malformed', reason);
      return undefined;
    }
    if (broken !== undefined) context.problem('malformed', broken);
    for (const problem of manifest.problems) context.problem('malformed', problem);
    return { packages: manifest.packages };
  },
  assemble: chiselFindings,
};

function isChiselPath(manifest: string): boolean {
  return manifest === path || manifest.endsWith(`/${path}`);
}

/** @returns what broke it, where something did; what came before that has been read */
async function readManifest(
  file: SelectedFile,
  parser: ChiselManifestParser,
  context: ExtractContext,
): Promise<string | undefined> {
  const bytes = await file.bytes(maxFileBytes);
  const stream = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: maxWindowLog } });
  try {
    stream.end(bytes);
    const end = await readLines(stream, limits, (line) => parser.line(line));
    if (end === 'too-large') context.problem('too-large', `more than ${limits.totalBytes} bytes when decompressed`);
    return undefined;
  } catch (error) {
    context.signal.throwIfAborted();
    return `not readable as zstd: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    stream.destroy();
  }
}
