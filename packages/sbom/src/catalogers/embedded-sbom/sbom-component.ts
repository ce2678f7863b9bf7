import type { PackageHash } from '../../model/package.ts';

/** A component as a software bill of materials in any format states it. */
export interface SbomComponent {
  /** What the document calls it. */
  readonly ref: string;
  readonly purl: string;
  /** Where the package URL states none. */
  readonly version?: string;
  /** SPDX expressions, ids or names. */
  readonly licenses: readonly string[];
  readonly supplier?: string;
  readonly description?: string;
  readonly hashes: readonly PackageHash[];
  /** CPE 2.3 formatted strings. */
  readonly cpes: readonly string[];
  /** What the document calls the components that it needs. */
  readonly dependsOn: readonly string[];
}

/** What a software bill of materials says, as far as it is about packages. */
export interface SbomDocument {
  readonly format: 'SPDX' | 'CycloneDX' | 'Syft';
  readonly components: readonly SbomComponent[];
  /** Refs of what the document is about, where it says so. */
  readonly subjects: readonly string[];
  /** Names of the files it covers, as written. */
  readonly files: readonly string[];
  /** Components without a package URL, which cannot be told apart from others. */
  readonly nameless: number;
  /** True where there are more components than are taken. */
  readonly truncated: boolean;
}

/** Components of one document that are taken; those of large images have some ten thousand. */
export const maxComponents = 50_000;
/** Needs of one component, licences of one and so on. */
export const maxListed = 2_000;
/** Files of one document. */
export const maxSbomFiles = 200_000;

const algorithms: Readonly<Record<string, PackageHash['algorithm']>> = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};

/** A hash by its name in any spelling (`SHA256`, `SHA-256`); empty where it is none of those that are kept. */
export function sbomHash(algorithm: unknown, content: unknown): PackageHash[] {
  if (typeof algorithm !== 'string' || typeof content !== 'string') return [];
  const key = algorithm.toLowerCase().replaceAll('-', '');
  const known = Object.hasOwn(algorithms, key) ? algorithms[key] : undefined;
  return known === undefined || !/^[0-9a-f]{32,128}$/i.test(content)
    ? []
    : [{ algorithm: known, content: content.toLowerCase() }];
}

/** Whether a text is a CPE 2.3 formatted string, by its beginning. */
export function isCpe(text: string): boolean {
  return text.startsWith('cpe:2.3:') && text.length < 1_024;
}

/** Gathers needs that a document states apart from its components. */
export class StatedNeeds {
  readonly #needs = new Map<string, Set<string>>();

  add(from: string, to: string): void {
    const known = this.#needs.get(from) ?? new Set();
    if (known.size < maxListed) known.add(to);
    this.#needs.set(from, known);
  }

  of(ref: string): readonly string[] {
    return Array.from(this.#needs.get(ref) ?? []);
  }
}
