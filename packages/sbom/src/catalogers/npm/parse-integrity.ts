import type { PackageHash } from '../../model/package.ts';

/** Subresource Integrity names, strongest first, with the bytes of a digest. */
const algorithms: readonly (readonly [name: string, algorithm: PackageHash['algorithm'], bytes: number])[] = [
  ['sha512', 'SHA-512', 64],
  ['sha384', 'SHA-384', 48],
  ['sha256', 'SHA-256', 32],
  ['sha1', 'SHA-1', 20],
];
const maxLength = 4_096;

/**
 * Reads an `integrity` value (W3C Subresource Integrity, as npm, Yarn, pnpm and Bun write it): the hash of the package's
 * tarball. Where it has several of one algorithm, it does not say which one was there, and none is taken.
 *
 * @returns one hash of each algorithm, strongest first; empty for anything else
 */
export function parseIntegrity(text: string): PackageHash[] {
  if (text.length > maxLength) return [];
  const words = text.split(/\s+/).map((word) => word.replace(/\?.*$/, ''));
  return algorithms.flatMap(([name, algorithm, bytes]) => {
    const stated = new Set(words.filter((word) => word.startsWith(`${name}-`)));
    const [only = ''] = stated;
    const digest = Buffer.from(only.slice(name.length + 1), 'base64');
    return stated.size === 1 && digest.length === bytes ? { algorithm, content: digest.toString('hex') } : [];
  });
}
