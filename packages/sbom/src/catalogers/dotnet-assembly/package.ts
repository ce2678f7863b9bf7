import type { ClrHeader } from '../../executable/pe/clr-assembly.ts';
import type { PeVersionStrings } from '../../executable/pe/pe-version-info.ts';
import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { assemblyIdentity } from './assembly-identity.ts';
import type { BundledLibrary } from './parse-bundled-deps.ts';

const maxTextLength = 1_024;

/** The package of one assembly. An assembly that only holds texts in some language is a part of another one. */
export function assemblyPackage(clr: ClrHeader, strings: PeVersionStrings): StatedPackage | undefined {
  if (clr.assembly?.culture !== undefined) return undefined;
  const identity = assemblyIdentity(clr.assembly, strings);
  if (identity === undefined) return undefined;
  const supplier = plainText(strings.CompanyName);
  const description = plainText(strings.Comments) ?? plainText(strings.FileDescription);
  return {
    ...{ type: 'nuget', class: 'language', ...identity },
    ...(supplier !== undefined && { supplier }),
    ...(description !== undefined && description !== identity.name && { description }),
    details: withoutUndefined({
      assemblyVersion: clr.assembly?.version,
      fileVersion: plainText(strings.FileVersion),
      productName: plainText(strings.ProductName),
      productVersion: plainText(strings.ProductVersion),
      runtime: clr.runtime === '' ? undefined : clr.runtime,
    }),
  };
}

/** The packages in a single-file program, and its own projects; what is neither belongs to no package system. */
export function bundledPackages(libraries: readonly BundledLibrary[], formatVersion: number): StatedPackage[] {
  const kept = libraries.filter(({ type }) => type === 'package' || type === 'project' || type === 'runtimepack');
  return kept.map(({ name, version, type, dependsOn, sha512 }) => ({
    ...{ type: 'nuget', class: 'language', key: `${name}/${version}`, version },
    name: type === 'runtimepack' ? name.replace(/^runtimepack\./, '') : name,
    ...(dependsOn.length > 0 && { dependsOn }),
    ...(sha512 !== undefined && {
      hashes: [{ algorithm: 'SHA-512' as const, content: Buffer.from(sha512.slice(7), 'base64').toString('hex') }],
    }),
    details: { bundle: formatVersion, libraryType: type },
  }));
}

function plainText(text: string | undefined): string | undefined {
  const plain = text?.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return plain === undefined || plain === '' ? undefined : plain.slice(0, maxTextLength).toWellFormed();
}
