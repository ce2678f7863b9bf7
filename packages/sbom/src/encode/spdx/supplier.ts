/** Words that only names of groups have. */
const collective =
  /\b(?:authors|community|company|contributors|corp|corporation|developers|foundation|gmbh|group|inc|limited|llc|ltd|maintainers|organi[sz]ation|packagers|project|qa|red hat|suse|team|ubuntu|debian)\b/i;

/**
 * A maintainer, author or vendor as SPDX names them (2.3, 7.5): `Person: Ada (ada@example.com)`. Metadata does not say
 * which of the two it is: with an e-mail address and without a word that only groups have it is a person.
 *
 * @param text - as metadata has it: `Ada Lovelace <ada@example.com>`, `Red Hat, Inc.`
 */
export function spdxSupplier(text: string): string | undefined {
  const line = oneLine(text);
  const [, stated = line, email] = /^(.{0,500}?)[<(]([^<>()\s]{1,250}@[^<>()\s]{1,250})[>)]/.exec(line) ?? [];
  // A name in parentheses would be read as an address.
  const name =
    stated
      .replace(/[()<>"]/g, ' ')
      .replace(/ +/g, ' ')
      .trim() || email;
  if (name === undefined || name === '') return undefined;
  const kind = email !== undefined && !collective.test(name) ? 'Person' : 'Organization';
  return email === undefined ? `${kind}: ${name}` : `${kind}: ${name} (${email})`;
}

/** A text on one line, without control characters. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
