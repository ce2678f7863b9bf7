import type { Cataloger } from '../../catalog/cataloger.ts';
import { isExecutableHead } from '../../executable/executable-head.ts';
import { openExecutable } from '../../executable/executable-image.ts';
import { inflateBounded } from '../../executable/inflate-bounded.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { graalPackages } from './package.ts';
import { parseGraalBom } from './parse-embedded-bom.ts';
import { readEmbeddedBom } from './read-embedded-bom.ts';

const maxCompressedBytes = 8 * 1024 * 1024;
const maxDocumentBytes = 32 * 1024 * 1024;

/** The Java libraries in programs that GraalVM compiled ahead of time, from the SBOM that it embeds. */
export const graalvmCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'graalvm',
  version: '1',
  description: {
    title: 'GraalVM native images',
    selects: ['executables (ELF, PE, Mach-O)'],
    reads: 'the compressed CycloneDX document at the symbol sbom',
    emits: ['maven', 'generic'],
  },
  select: { magic: (head, { size }) => size >= 64 && isExecutableHead(head) },
  async read(file, context) {
    const access = await file.random();
    for (const image of await openExecutable(access)) {
      const embedded = await readEmbeddedBom(image, maxCompressedBytes);
      if (embedded === undefined) continue;
      const document =
        embedded.kind === 'gzip' ? await inflateBounded(embedded.bytes, 'gzip', maxDocumentBytes) : embedded;
      if (document.kind !== 'bytes') {
        context.problem(document.kind, `GraalVM SBOM: ${document.reason}`);
        return undefined;
      }
      const bom = parseGraalBom(new TextDecoder().decode(document.bytes));
      if (bom.kind === 'components') {
        if (bom.truncated) context.problem('too-large', 'GraalVM SBOM: more components than are read');
        return graalPackages(bom.components);
      }
      context.problem('malformed', `GraalVM SBOM: ${bom.reason}`);
      return undefined;
    }
    return undefined;
  },
});
