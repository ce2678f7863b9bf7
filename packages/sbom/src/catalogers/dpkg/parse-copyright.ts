/** The licences that a Debian copyright file states. */
export interface DebianCopyright {
  /**
   * `fields`: from `License` fields of the machine-readable format (DEP 5). `references`: the file is free text, and
   * these are the texts in `/usr/share/common-licenses` that it refers to.
   */
  readonly form: 'fields' | 'references';
  /** Short names as written, each once, in order of appearance; at most {@link maxCopyrightLicenses}. */
  readonly licenses: readonly string[];
}

/** Licences that one file may name. */
export const maxCopyrightLicenses = 1_000;
/** Characters of a short name; a longer one is a licence text in the wrong line. */
const maxNameLength = 200;

const firstEmptyLine = /\n[ \t\r]*\n/;
const formatField = /^format(?:-specification)?:/im;
const licenseField = /^license:(.*)$/gim;
const commonLicense = /\/usr\/share\/common-licenses\/([A-Za-z][A-Za-z0-9+-]*(?:\.[0-9]+)*)/g;

/**
 * Reads the copyright file of a Debian package (DEP 5 where it says so, else free text). Never throws.
 *
 * @returns undefined where it names no licence that can be recognised
 */
export function parseCopyright(text: string): DebianCopyright | undefined {
  const content = text.trimStart();
  const end = content.search(firstEmptyLine);
  // The first stanza of the machine-readable format names it. What goes on with a field begins with white space, so a
  // line that begins with a field's name is one.
  const machineReadable = formatField.test(end < 0 ? content : content.slice(0, end));
  const stated = machineReadable ? shortNames(content, licenseField) : [];
  if (stated.length > 0) return { form: 'fields', licenses: stated };
  const referred = shortNames(content, commonLicense);
  return referred.length > 0 ? { form: 'references', licenses: referred } : undefined;
}

function shortNames(text: string, pattern: RegExp): string[] {
  const names = new Set<string>();
  for (const [, part = ''] of text.matchAll(pattern)) {
    const name = part.trim();
    if (name !== '' && name.length <= maxNameLength) names.add(name);
    if (names.size >= maxCopyrightLicenses) break;
  }
  return Array.from(names);
}
