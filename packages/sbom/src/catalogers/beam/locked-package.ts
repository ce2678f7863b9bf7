/** A package that Mix or Rebar locked. */
export interface LockedBeamPackage {
  /** As its repository calls it; the application in it may have another name. */
  readonly name: string;
  /** Version of a package of Hex; of one from version control the commit. */
  readonly version: string;
  /** `hex`, or the kind of version control: `git`. */
  readonly source: string;
  /** Repository of Hex other than the public one (`hexpm`), or address without credentials. */
  readonly origin?: string;
  /** SHA-256 of its archive (of its contents, where only that is stated), in lower-case hexadecimal. */
  readonly sha256?: string;
  /** Names of what it needs. */
  readonly requires: readonly string[];
}

/** A SHA-256 as Hex writes it, in either case. */
export function sha256Of(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined;
}
