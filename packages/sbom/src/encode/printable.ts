/**
 * Makes what an image says harmless on a terminal: control and format characters (escape sequences, line breaks, marks
 * that turn the direction of text around) are written as `\u{…}`.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
