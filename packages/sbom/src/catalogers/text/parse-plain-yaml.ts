/** Characters of a line. The parser's work grows with the square of what goes wrong on one; lock files have short lines. */
const maxLineLength = 4_096;

/**
 * The value of a YAML text in which all scalars are texts, so that version `1.10` stays `1.10`.
 *
 * @returns undefined where it is not YAML. Never rejects.
 */
export async function parsePlainYaml(text: string): Promise<unknown> {
  if (text.split('\n').some((line) => line.length > maxLineLength)) return undefined;
  // Few images need the parser, and it would be a tenth of what the package takes to load.
  const { parseDocument } = await import('yaml');
  try {
    const document = parseDocument(text, {
      schema: 'failsafe',
      uniqueKeys: false,
      logLevel: 'silent',
      prettyErrors: false,
    });
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 50 });
  } catch {
    // Aliases that would unfold to too much, or nesting without end: no lock file has any.
    return undefined;
  }
}
