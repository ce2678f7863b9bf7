import type { Cataloger } from '../../catalog/cataloger.ts';
import { isExecutableHead } from '../../executable/executable-head.ts';
import { type ExecutableImage, openExecutable } from '../../executable/executable-image.ts';
import { isUpxElf, isUpxPe } from '../../executable/upx.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { goPackages } from './package.ts';
import { buildInfoOf } from './read-go-build-info.ts';

/** The modules of Go programs, from the build information that the linker leaves in each of them. */
export const goBinaryCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'go-binary',
  version: '1',
  description: {
    title: 'Go programs',
    selects: ['executables (ELF, PE, Mach-O)'],
    reads:
      'the build information that Go 1.12 and newer leave in a program: modules, replacements, toolchain, settings',
    emits: ['golang'],
  },
  select: { magic: (head, { size }) => size >= 64 && isExecutableHead(head) },
  async read(file, context) {
    const access = await file.random();
    for (const image of await openExecutable(access)) {
      const info = await buildInfoOf(image, context.signal);
      if (info?.truncated) context.problem('too-large', 'more Go modules than are read');
      if (info !== undefined) return goPackages(info);
      if (await isUpx(image)) {
        context.problem('unsupported', 'compressed with UPX, so that what it was built from cannot be read');
        return undefined;
      }
    }
    return undefined;
  },
});

async function isUpx({ file }: ExecutableImage): Promise<boolean> {
  if (file.format === 'elf') return isUpxElf(file);
  return file.format === 'pe' && isUpxPe(file);
}
