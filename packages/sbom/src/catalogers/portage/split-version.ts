/** A version as PMS 3.2 has it: numbers, a letter, suffixes, a revision. */
const version = /-(\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?)$/;

/**
 * Cuts the name of a package's directory in two: `gtk+-2.24.33-r3` is `gtk+` at `2.24.33-r3` (PMS 3.1.2: a name never
 * ends in what could be a version).
 *
 * @returns undefined where there is no version
 */
export function splitVersion(pf: string): { readonly name: string; readonly version: string } | undefined {
  const match = pf.length > 500 ? null : version.exec(pf);
  if (match?.[1] === undefined || match.index === 0) return undefined;
  return { name: pf.slice(0, match.index), version: match[1] };
}
