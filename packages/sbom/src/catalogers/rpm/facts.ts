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

/** One installed package; numbers and times as `RpmPackage` has them. */
export interface RpmPackageFacts {
  readonly name: string;
  /** `epoch:version-release`, without the epoch where it is 0. */
  readonly version: string;
  readonly architecture?: string;
  readonly sourceRpm?: string;
  readonly license?: string;
  readonly vendor?: string;
  readonly summary?: string;
  readonly url?: string;
  readonly modularityLabel?: string;
  readonly size?: number;
  readonly buildTime?: number;
  readonly installTime?: number;
  readonly headerSha256?: string;
  readonly headerSha1?: string;
  /** Ids of the keys it was signed with, 16 hexadecimal digits each. */
  readonly signedBy?: readonly string[];
  /** The files it owns, as `OwnedPaths.encode` writes them. */
  readonly files?: string;
  /** Packages of the same database that it needs, by their place in the list. */
  readonly dependsOn?: readonly number[];
}
