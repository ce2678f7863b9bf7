import type { ClrAssembly } from '../../executable/pe/clr-assembly.ts';
import type { PeVersionStrings } from '../../executable/pe/pe-version-info.ts';
import { isPlainToken } from '../text/plain-token.ts';

/** Name and version of the package that an assembly most likely comes from. */
export interface AssemblyIdentity {
  readonly name: string;
  readonly version: string;
}

/**
 * An assembly does not say which package it comes from. By custom it is called as its package; where it has no name of
 * its own, the version resource has one: the product's, except Microsoft's, whose products are as broad as `Microsoft®
 * .NET`. The version is the product's or the file's, whichever is higher; the assembly's own counts last, for many stay
 * at `1.0.0.0` for ever.
 */
export function assemblyIdentity(
  assembly: ClrAssembly | undefined,
  strings: PeVersionStrings,
): AssemblyIdentity | undefined {
  const name = assembly?.name ?? statedName(strings);
  const version = statedVersion(strings) ?? assembly?.version;
  if (name === undefined || version === undefined || !isPlainToken(name) || !isPlainToken(version)) return undefined;
  return { name, version };
}

function statedName(strings: PeVersionStrings): string | undefined {
  const microsoft = /microsoft/i.test(`${strings.CompanyName ?? ''} ${strings.ProductName ?? ''}`);
  const keys = microsoft
    ? ['FileDescription', 'InternalName', 'OriginalFilename', 'ProductName']
    : ['ProductName', 'FileDescription', 'InternalName', 'OriginalFilename'];
  const names = keys.map((key) => (strings[key] ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim());
  // A name with spaces is a sentence about it, no name.
  return names.find((name) => name !== '' && !name.includes(' '));
}

/** The higher of product's and file's version; equal ones as the product writes it, unless the file says it in full. */
function statedVersion({ ProductVersion, FileVersion }: PeVersionStrings): string | undefined {
  const [product, file] = [versionOf(ProductVersion), versionOf(FileVersion)];
  if (product === undefined || file === undefined) return product ?? file;
  const difference = compareNumbers(numbersOf(file), numbersOf(product));
  return difference > 0 ? file : product;
}

/** The part of the text that is a version, without the commit that tools append: `8.0.1+81cabf2857`, `4.7.0 built by: X`. */
function versionOf(text: string | undefined): string | undefined {
  const version = /^\s*v?(\d+(?:\s*[.,]\s*\d+)*(?:-[0-9A-Za-z.-]+)?)/i.exec(text ?? '')?.[1];
  return version?.replace(/\s*[.,]\s*/g, '.');
}

function numbersOf(version: string): number[] {
  return version.replace(/-.*$/, '').split('.').slice(0, 8).map(Number);
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
