import type { Distro } from '../model/distro.ts';
import type { FileRecord, ModelRecord, SecretCandidate } from '../model/file-records.ts';
import type { JsonObject } from '../model/json.ts';
import type { PackageClass, PackageHash, PackageScope } from '../model/package.ts';
import type { ProblemCode } from '../model/problem.ts';
import type { FileLocation } from './file-view.ts';

/** A package as a cataloger found it: no id and no purl yet, for both may need the distro. */
export interface PackageFinding {
  readonly kind: 'package';
  /** Names this package for `depends-on` and `ownership` findings of the same cataloger. */
  readonly key: string;
  readonly type: string;
  readonly class: PackageClass;
  /** Default `installed`. */
  readonly scope?: PackageScope;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version: string;
  readonly architecture?: string | undefined;
  readonly source?: { readonly name: string; readonly version?: string } | undefined;
  readonly licenses?: readonly string[];
  readonly supplier?: string | undefined;
  readonly description?: string | undefined;
  readonly homepage?: string | undefined;
  readonly hashes?: readonly PackageHash[];
  /** CPE 2.3 names under which vulnerability databases know it, where the cataloger has a table of them. */
  readonly cpes?: readonly string[];
  readonly details?: JsonObject;
  /** purl qualifiers beyond those every package of the type gets from architecture, distro and source. */
  readonly qualifiers?: Readonly<Record<string, string>>;
  /** The file that proves it and the first layer that had this package at this version. */
  readonly occurrence: { readonly path: string; readonly layer: number; readonly introducedIn: number };
}

/** The files a package's own list claims, as sorted 64-bit hashes of their paths (see `hashOwnedPath`). */
export interface OwnershipFinding {
  readonly kind: 'ownership';
  /** Key of the owning package. */
  readonly owner: string;
  readonly pathHashes: BigUint64Array;
}

/** One package states that it needs another. */
export interface DependencyFinding {
  readonly kind: 'depends-on';
  readonly from: string;
  readonly to: string;
}

/** The distribution; the finding with the lowest rank counts. */
export interface DistroFinding {
  readonly kind: 'distro';
  readonly rank: number;
  readonly distro: Distro;
}

/** Something could not be read. */
export interface ProblemFinding {
  readonly kind: 'problem';
  readonly path: string;
  readonly code: ProblemCode;
  readonly reason: string;
  readonly layer?: number;
}

/**
 * A cataloger needs bytes that the pass did not select: a database behind a link, or a file and its journal that lie
 * in two layers. The files are read together and extracted as one.
 */
export interface Need {
  readonly kind: 'need';
  /** The files, the main one first. */
  readonly files: readonly FileLocation[];
  /** The path the content is wanted as; the cataloger finds the answer under it. */
  readonly wantedAs: string;
}

/** A hashed file, a model or a secret candidate. */
export type RecordFinding =
  | { readonly kind: 'file'; readonly file: Omit<FileRecord, 'ownedBy'> }
  | { readonly kind: 'model'; readonly model: ModelRecord }
  | { readonly kind: 'secret'; readonly secret: SecretCandidate };

/** What a cataloger's reduce step yields. */
export type Finding =
  | PackageFinding
  | OwnershipFinding
  | DependencyFinding
  | DistroFinding
  | ProblemFinding
  | RecordFinding
  | Need;
