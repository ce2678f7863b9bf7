import type { Cataloger } from '../../catalog/cataloger.ts';
import { flatpakFile } from './database-files.ts';
import type { FlatpakFacts } from './facts.ts';
import { flatpakFindings } from './package.ts';
import { parseFlatpakMetadata } from './parse-metadata.ts';
import { parseMetainfo } from './parse-metainfo.ts';

/** Bytes of one file; metainfo comes with all its translations. */
const maxFileBytes = 4 * 1024 * 1024;

/** Apps and runtimes of Flatpak. */
export const flatpakCataloger: Cataloger<FlatpakFacts> = {
  name: 'flatpak',
  version: '1',
  description: {
    title: 'Flatpak apps and runtimes',
    selects: [
      '**/flatpak/{app,runtime}/*/*/*/*/metadata',
      '**/flatpak/{app,runtime}/*/*/*/*/{files,export}/share/{metainfo,appdata}/*.xml',
    ],
    reads: 'what is deployed, its version and licence, the runtime an app needs',
    emits: ['flatpak'],
  },
  select: {
    names: ['metadata'],
    suffixes: ['.metainfo.xml', '.appdata.xml'],
    path: (path, kind) => kind !== 'directory' && kind !== 'special' && flatpakFile(path) !== undefined,
  },
  isolate: { deadline: 30_000 },
  async extract(file, context) {
    const place = file.kind === 'file' ? flatpakFile(file.path) : undefined;
    if (place === undefined) return undefined;
    const text = new TextDecoder().decode(await file.bytes(maxFileBytes));
    if (place.kind === 'metainfo') return { kind: 'metainfo', metainfo: parseMetainfo(text) };
    const metadata = parseFlatpakMetadata(text);
    if (metadata === undefined) context.problem('malformed', 'names neither an application nor a runtime');
    return metadata && { kind: 'metadata', metadata };
  },
  assemble: flatpakFindings,
};
