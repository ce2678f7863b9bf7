import type { RpmPackage } from './rpm-package.ts';

/** What one file of an rpm database says, or a database with its log. */
export type RpmFacts =
  | {
      readonly kind: 'database';
      /** Bytes of the log that lies beside it in the same layer, and was read with it. */
      readonly logBytes?: number;
      readonly packages: readonly RpmPackageFacts[];
    }
  /** A log without its database in the same layer. */
  | { readonly kind: 'log'; readonly bytes: number };

/** What is kept of a header as it stands there. */
type StatedField =
  | 'name'
  | 'architecture'
  | 'sourceRpm'
  | 'license'
  | 'vendor'
  | 'summary'
  | 'url'
  | 'modularityLabel'
  | 'size'
  | 'buildTime'
  | 'installTime'
  | 'headerSha256'
  | 'headerSha1';

/** One installed package; numbers and times as `RpmPackage` has them. */
export interface RpmPackageFacts extends Pick<RpmPackage, StatedField> {
  /** `epoch:version-release`, without the epoch where it is 0. */
  readonly version: string;
  /** Ids of the keys it was signed with, 16 hexadecimal digits each. */
  readonly signedBy?: readonly string[];
  /** The files it owns, as `OwnedPaths.encode` writes them. */
  readonly files?: string;
  /** Packages of the same database that it needs, by their place in the list. */
  readonly dependsOn?: readonly number[];
}
