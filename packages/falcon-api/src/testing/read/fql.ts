/** One term of a filter. */
interface Term {
  readonly field: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** The values a row has for each field a list can be filtered by; several where any of them may fit. */
export type FieldValues = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Tells whether a row fits. */
export type RowFilter = (fields: FieldValues) => boolean;

/** A text in quotes, or without them up to the next separator. */
const valueForm = String.raw`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s'"[\],+*()]+`;
const termForm: RegExp = new RegExp(
  String.raw`^(?<field>\w+):(?<negated>!?)(?:\*(?<pattern>'[^']*'|"[^"]*")|\[(?<list>(?:${valueForm})(?:,(?:${valueForm}))*)\]|(?<value>${valueForm}))$`,
);

/**
 * Reads the part of Falcon Query Language that lists of images are asked with: `field:'value'`, `field:!'value'`,
 * `field:['a','b']`, `field:*'pat*'`, joined by `+`, all of which must hold.
 *
 * @param known - Fields the list can be filtered by.
 * @returns The filter, or what is wrong with the text; no value of it is quoted.
 */
export function parseFql(text: string, known: readonly string[]): RowFilter | string {
  const terms: Term[] = [];
  for (const part of splitTerms(text)) {
    const term = parseTerm(part);
    if (term === undefined) {
      return `filter: term ${terms.length + 1} is not understood`;
    }
    if (!known.includes(term.field)) {
      return `filter: the list has no field ${term.field}`;
    }
    terms.push(term);
  }
  return (fields) => terms.every((term) => fits(term, fields[term.field]));
}

function splitTerms(text: string): readonly string[] {
  return text.match(/(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^+'"])+/g)?.map((term) => term.trim()) ?? [];
}

function parseTerm(text: string): Term | undefined {
  const { field, negated, pattern, list, value } = termForm.exec(text)?.groups ?? {};
  if (field === undefined) {
    return undefined;
  }
  const values = list === undefined ? [value ?? pattern ?? ''] : (list.match(new RegExp(valueForm, 'g')) ?? []);
  const plain = values.map((item) => unquote(item));
  return { field, negated: negated === '!', values: pattern === undefined ? plain.map(escapeStars) : plain };
}

/** Stars mean something only in a pattern; outside of one they are put where no value can have them. */
function escapeStars(value: string): string {
  return value.replaceAll('*', '\0');
}

function unquote(value: string): string {
  return /^['"]/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

function fits({ negated, values }: Term, given: FieldValues[string]): boolean {
  const texts = given === undefined ? [] : typeof given === 'object' ? given : [String(given)];
  const found = values.some((wanted) => texts.some((text) => matches(wanted, text)));
  return found !== negated;
}

function matches(wanted: string, text: string): boolean {
  const parts = wanted.split('*').map((part) => part.replaceAll('\0', '*').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}
