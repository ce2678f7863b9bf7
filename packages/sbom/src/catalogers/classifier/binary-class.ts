/** One way to tell a version from bytes, read as Latin-1. */
export interface VersionRule {
  /**
   * A literal beside which the version stands, ASCII, and rare in the file: the pattern is tried on the 512 bytes before and the 512
   * from its first byte on. Without one the pattern is tried on everything, so it has to begin and end with what is rare.
   */
  readonly near?: string;
  /**
   * With a group `version`, or `library` for the name of the shared library that knows the version. Where one of the two
   * may stand at the end of a piece of text, the pattern says what follows it.
   */
  readonly pattern: RegExp;
  /** A literal that has to be somewhere in the file, ASCII: what tells a program from a namesake. */
  readonly requires?: string;
}

/** What a kind of program, library or script is called, and how it says its version. */
export interface BinaryClass {
  /** Unique in the table; facts refer to it. */
  readonly id: string;
  /** Last names of its files, whole or as a pattern; `.exe` is left off before they are compared. */
  readonly files: readonly (string | RegExp)[];
  /** Set where the files are scripts or texts; else executables and shared libraries. Names of texts are whole. */
  readonly text?: true;
  /** Best first. By the file's name where that tells what to look for. */
  readonly rules: readonly VersionRule[] | ((fileName: string) => readonly VersionRule[]);
  /** purl type. Default `generic`. */
  readonly type?: string;
  readonly namespace?: string;
  /** Name of the package. */
  readonly name: string;
  /** Who made what, as `vendor:product` of the CPE dictionary. */
  readonly cpes: readonly string[];
  /** Ids of classes that it replaces where both are found in a file, such as MySQL by what is built upon it. */
  readonly insteadOf?: readonly string[];
}

/** A rule for the surroundings of a literal. */
export function near(literal: string, pattern: RegExp): VersionRule {
  return { near: literal, pattern };
}

/** A rule for the whole file. */
export function anywhere(pattern: RegExp, requires?: string): VersionRule {
  return { pattern, ...(requires !== undefined && { requires }) };
}
