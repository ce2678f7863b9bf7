import type { Cataloger } from '../../catalog/cataloger.ts';
import { isExecutableHead } from '../../executable/executable-head.ts';
import { namedSection, openExecutable } from '../../executable/executable-image.ts';
import { inflateBounded } from '../../executable/inflate-bounded.ts';
import { readRange } from '../../executable/read-range.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { rustPackages } from './package.ts';
import { parseRustAuditData } from './parse-audit-data.ts';

/** What `cargo auditable` and its readers agree on: programs have a few KiB. */
const maxDocumentBytes = 8 * 1024 * 1024;

/** The crates of Rust programs that were built with `cargo auditable`, as distributions do. */
export const rustBinaryCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'rust-binary',
  version: '1',
  description: {
    title: 'Rust programs (cargo auditable)',
    selects: ['executables (ELF, PE, Mach-O)'],
    reads: 'the list of crates in the section .dep-v0',
    emits: ['cargo'],
  },
  select: { magic: (head, { size }) => size >= 64 && isExecutableHead(head) },
  async read(file, context) {
    const access = await file.random();
    for (const image of await openExecutable(access)) {
      const section = namedSection(image, '.dep-v0');
      if (section === undefined || section.size === 0) continue;
      const size = Math.min(section.size, maxDocumentBytes);
      const compressed = await readRange(image.access, section.offset, size);
      const inflated = await inflateBounded(compressed, 'zlib', maxDocumentBytes);
      if (inflated.kind !== 'bytes') {
        context.problem(inflated.kind, `section .dep-v0: ${inflated.reason}`);
        return undefined;
      }
      const data = parseRustAuditData(new TextDecoder().decode(inflated.bytes));
      if (data.kind === 'crates') {
        if (data.truncated) context.problem('too-large', 'section .dep-v0: more crates than are read');
        return rustPackages(data.crates);
      }
      context.problem('malformed', `section .dep-v0: ${data.reason}`);
      return undefined;
    }
    return undefined;
  },
});
