/** Fields of one stanza by lower-case name, each with its values in order of appearance. */
export type Stanza = ReadonlyMap<string, readonly string[]>;

/** How much of a field is kept: its first line, or all lines joined by one space. */
export type FieldForm = 'line' | 'folded';

/** Takes a text line by line. */
export interface StanzaParser {
  /** @returns the stanza that this line ends, where it ends one */
  line(text: string): Stanza | undefined;
  /** @returns the stanza that the end of the text ends, where one was begun */
  end(): Stanza | undefined;
}

/** Characters of one field that are kept. */
const maxFieldLength = 256 * 1024;
/** Values of one field that are kept. */
const maxValues = 10_000;

/**
 * Reads fields in the manner of RFC 822 as dpkg (deb-control(5)) and Python metadata use it: `Name: value`, lines that
 * begin with white space go on with the field before, an empty line ends the stanza. Lines that are neither are passed
 * over, so any text is read without error.
 *
 * @param fields - The fields to keep, by lower-case name; all others cost nothing.
 */
export function createStanzaParser(fields: ReadonlyMap<string, FieldForm>): StanzaParser {
  let stanza: Map<string, string[]> | undefined;
  // The field that a continuation line belongs to, where it is a folded one.
  let folded: string[] | undefined;

  const finish = (): Stanza | undefined => {
    const finished = stanza;
    stanza = undefined;
    folded = undefined;
    return finished;
  };
  return {
    line(text) {
      if (isBlank(text)) return finish();
      if (text.startsWith(' ') || text.startsWith('\t')) {
        if (folded !== undefined) continueLast(folded, text.trim());
        return undefined;
      }
      folded = undefined;
      const colon = text.indexOf(':');
      if (colon <= 0) return undefined;
      stanza ??= new Map();
      const name = text.slice(0, colon).toLowerCase();
      const form = fields.get(name);
      if (form === undefined) return undefined;
      const values = stanza.get(name) ?? [];
      if (values.length >= maxValues) return undefined;
      values.push(text.slice(colon + 1, colon + 1 + maxFieldLength).trim());
      stanza.set(name, values);
      if (form === 'folded') folded = values;
      return undefined;
    },
    end: finish,
  };
}

function continueLast(values: string[], text: string): void {
  const last = values.pop() ?? '';
  const whole = last === '' ? text : `${last} ${text}`;
  values.push(last.length + text.length < maxFieldLength ? whole : last);
}

function isBlank(text: string): boolean {
  return text === '' || text.trim() === '';
}

/** The first value of a field, where it is not empty. */
export function fieldValue(stanza: Stanza, name: string): string | undefined {
  return stanza.get(name)?.find((value) => value !== '');
}
