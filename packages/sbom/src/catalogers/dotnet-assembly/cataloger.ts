import type { Cataloger, ExtractContext } from '../../catalog/cataloger.ts';
import { isExecutableHead } from '../../executable/executable-head.ts';
import { type ExecutableImage, openExecutable } from '../../executable/executable-image.ts';
import { readClr } from '../../executable/pe/clr-assembly.ts';
import { readPeVersionInfo } from '../../executable/pe/pe-version-info.ts';
import { type PackageListFacts, packageListCataloger, type StatedPackage } from '../package-list.ts';
import { assemblyPackage, bundledPackages } from './package.ts';
import { parseBundledDeps } from './parse-bundled-deps.ts';
import { readDotnetBundle } from './read-bundle.ts';

/** .NET assemblies by their own metadata, and the packages in single-file programs. */
export const dotnetAssemblyCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'dotnet-assembly',
  version: '1',
  description: {
    title: '.NET assemblies and single-file programs',
    selects: ['PE files with .NET metadata', 'executables (ELF, PE, Mach-O) that hold a .NET bundle'],
    reads: 'assembly name and version resource, or the deps.json of the bundle',
    emits: ['nuget'],
  },
  select: { magic: (head, { size }) => size >= 64 && isExecutableHead(head) },
  async read(file, context) {
    const access = await file.random();
    for (const image of await openExecutable(access)) {
      const found = (await readAssembly(image)) ?? (await readBundle(image, context));
      if (found !== undefined) return found;
    }
    return undefined;
  },
});

async function readAssembly({ file }: ExecutableImage): Promise<readonly StatedPackage[] | undefined> {
  if (file.format !== 'pe') return undefined;
  const clr = await readClr(file);
  if (clr === undefined) return undefined;
  const stated = assemblyPackage(clr, (await readPeVersionInfo(file)) ?? {});
  return stated === undefined ? [] : [stated];
}

async function readBundle(
  image: ExecutableImage,
  context: ExtractContext,
): Promise<readonly StatedPackage[] | undefined> {
  const bundle = await readDotnetBundle(image);
  if (bundle === undefined) return undefined;
  if (bundle.dependencies === undefined) {
    context.problem('unsupported', `a .NET bundle of format ${bundle.formatVersion} without a list of its packages`);
    return [];
  }
  const deps = parseBundledDeps(new TextDecoder().decode(bundle.dependencies));
  if (deps.kind === 'malformed') {
    context.problem('malformed', `deps.json in the bundle: ${deps.reason}`);
    return [];
  }
  if (deps.truncated) context.problem('too-large', 'deps.json in the bundle: more libraries than are read');
  return bundledPackages(deps.libraries, bundle.formatVersion);
}
