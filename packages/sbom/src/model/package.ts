import type { JsonObject } from './json.ts';

/** Whether a package is part of the system, of a language's tree, or was recognised in a binary. */
export type PackageClass = 'os' | 'language' | 'binary';

/** `installed`: it is there and usable. `declared`: a lock file or manifest names it. */
export type PackageScope = 'installed' | 'declared';

/** One place where a package was found. */
export interface Occurrence {
  /**
   * Path relative to the image root, no leading slash, of the file that proves the package. For what lies in an archive:
   * the archive's path, `!/`, and the path within.
   */
  readonly path: string;
  /** Index of the layer whose version of that file is visible, 0 = lowest. */
  readonly layer: number;
  /** Index of the first layer whose version of that file has this package at this version. */
  readonly introducedIn: number;
  /** Id of the OS package whose file list names this file. */
  readonly ownedBy?: string;
}

/** A package in the image: one entry per identity, however many places it lies in. */
export interface Package {
  /** Stable id: equal input gives equal ids, in every run and on every machine. */
  readonly id: string;
  /** purl type (`deb`, `apk`, `npm`, `pypi`, …); for systems without an official one, the custom of the field. */
  readonly type: string;
  /** Where it belongs. */
  readonly class: PackageClass;
  /** Whether it is there or only named. */
  readonly scope: PackageScope;
  /** npm scope with its `@`, Maven group, Go module prefix …; OS packages have none (the distro is their namespace). */
  readonly namespace?: string;
  /** As the package system writes it. */
  readonly name: string;
  /** Full version as the package system writes it, with epoch and release. */
  readonly version: string;
  /** As the package system writes it: `amd64`, `x86_64`, `all`. */
  readonly architecture?: string;
  /** The source package it was built from, where that differs from name and version. */
  readonly source?: {
    /** Name of the source package. */
    readonly name: string;
    /** Its version; absent where it is the package's own. */
    readonly version?: string;
  };
  /** Licence texts as the metadata states them, each an SPDX expression or free text. */
  readonly licenses: readonly string[];
  /** Maintainer, author or vendor as stated. */
  readonly supplier?: string;
  /** One line or more, as stated. */
  readonly description?: string;
  /** As stated; not always an address. */
  readonly homepage?: string;
  /** Package URL, purl-spec 1.0. */
  readonly purl: string;
  /** Name of the cataloger that found it. */
  readonly cataloger: string;
  /** At least one, sorted by path. */
  readonly occurrences: readonly Occurrence[];
  /** Hashes of the package or its archive as the metadata states them. */
  readonly hashes?: readonly PackageHash[];
  /** CPE 2.3 formatted strings (NISTIR 7695), most specific first; mostly for software without a purl type of its own. */
  readonly cpes?: readonly string[];
  /** Details of the package system: dpkg section and status, npm `private` … Flat where possible. */
  readonly details: JsonObject;
}

/** A hash as CycloneDX writes it. */
export interface PackageHash {
  /** Name of the algorithm. */
  readonly algorithm: 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
  /** Lower-case hexadecimal. */
  readonly content: string;
}
