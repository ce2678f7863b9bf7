import { isPlainToken } from './plain-token.ts';

/** A JSON object, or what another format has in its place. */
export type Fields = Readonly<Record<string, unknown>>;

/** Longest text for people that is kept, in characters. */
const maxTextLength = 4_096;

/** The value of a JSON text, a byte order mark tolerated. @returns undefined where it is none. Never throws. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\u{feff}') ? text.slice(1) : text);
  } catch {
    // What is not JSON is none of the documents that are looked for; the caller says so.
    return undefined;
  }
}

/** Whether a value has fields by name. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a field; undefined where the value has no fields, or not this one itself. */
export function field(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Names and values of all fields; none where the value has no fields. */
export function entriesOf(value: unknown): [name: string, value: unknown][] {
  return isFields(value) ? Object.entries(value) : [];
}

/** The items of a list; none where the value is no list. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that can be a name, a version or a hash (see `isPlainToken`). */
export function token(value: unknown): string | undefined {
  return typeof value === 'string' && isPlainToken(value) ? value.toWellFormed() : undefined;
}

/** A text for people, without white space around it and cut to a bearable length. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.slice(0, maxTextLength).trim().toWellFormed() || undefined;
}
