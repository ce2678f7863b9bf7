import type { ExtractContext, SelectedFile } from '../catalog/cataloger.ts';
import type { StatedPackage } from './package-list.ts';

/** A kind of file that lists packages as a whole: how it is read, and how much of it. */
export interface PackageDocument<T> {
  /** What it is called in a problem, with its article: `a Cargo.lock`. */
  readonly what: string;
  /** Bytes of the largest that is read. */
  readonly maxBytes: number;
  /** @returns undefined where the text is no such document; never throws or rejects */
  parse(text: string): readonly T[] | undefined | Promise<readonly T[] | undefined>;
  /** The packages that the entries stand for. */
  state(entries: readonly T[]): readonly StatedPackage[];
  /** True where files of this name are often something else, so that one which cannot be read is no problem. */
  readonly mayBeOther?: boolean;
}

/** Packages of one document that are taken; real ones have a few thousand. */
const maxPackages = 50_000;

/**
 * Reads a document that lists packages. One that is too large, or no such document, is a problem of the file.
 *
 * @throws what reading the file throws
 */
export async function readStatedPackages<T>(
  file: SelectedFile,
  context: ExtractContext,
  document: PackageDocument<T>,
): Promise<readonly StatedPackage[] | undefined> {
  const { what, maxBytes, mayBeOther = false } = document;
  if (file.size > maxBytes) {
    if (!mayBeOther) context.problem('too-large', `${file.size} bytes, the limit for ${what} is ${maxBytes}`);
    return undefined;
  }
  const entries = await document.parse(new TextDecoder().decode(await file.bytes(maxBytes)));
  if (entries === undefined) {
    if (!mayBeOther) context.problem('malformed', `not ${what}`);
    return undefined;
  }
  if (entries.length > maxPackages) context.problem('too-large', `more than ${maxPackages} packages`);
  return document.state(entries.slice(0, maxPackages));
}
