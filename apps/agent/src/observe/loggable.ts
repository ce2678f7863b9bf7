import { printable } from '../cli/printable.ts';

/** What JSON can hold. */
export type Loggable = string | number | boolean | null | readonly Loggable[] | { readonly [key: string]: Loggable };

/** How the values of a line are treated. */
export interface LineOptions {
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

/** Longest string and longest sum of all strings of one line, in UTF-16 units; what a string is cut to says so. */
const longestText = 8 * 1024;
const longestLine = 32 * 1024;
const longestKey = 128;
const mostValues = 500;
const deepest = 6;

/** Fields whose text is a secret whatever it looks like. `secretName` or `tokens: 3` are not. */
const secretName =
  /(?:authorization|password|passwd|secret|token|cookie|credentials?|api-?_?key|private-?_?key|^auth)$/i;
const reservedKeys: ReadonlySet<string> = new Set(['level', 'time', 'msg']);
/** What our errors, and Node's, tell beside their name and message. */
const errorDetails = ['code', 'hint', 'status', 'retryAfter', 'traceId', 'problems', 'cause', 'errors'];

/** One line under work: what is left of its limits. */
interface Line extends LineOptions {
  readonly stacks: boolean;
  characters: number;
  values: number;
}

/**
 * The message and fields of one log line as plain values: redacted, without control characters, and never more than
 * about 32 KiB. Later fields win over earlier ones. Never throws.
 */
export function loggableLine(
  message: string,
  fields: readonly (object | undefined)[],
  { redact, stacks }: LineOptions & { readonly stacks: boolean },
): Record<string, Loggable> {
  const line: Line = { redact, stacks, characters: longestLine, values: mostValues };
  const head = { msg: textOf(message, line) };
  try {
    const plain = recordOf(Object.assign({}, ...fields.map(asFields)), line, 0);
    const named = Object.entries(plain).map(([key, value]) => [reservedKeys.has(key) ? `${key}_` : key, value]);
    return Object.assign(Object.create(null), head, Object.fromEntries(named));
  } catch (error) {
    return { ...head, fieldsUnreadable: textOf(String(error), line) };
  }
}

/** An error given in place of fields is not lost. */
function asFields(fields: object | undefined): object | undefined {
  return fields instanceof Error ? { err: fields } : fields;
}

function plainOf(value: unknown, line: Line, depth: number): Loggable | undefined {
  line.values -= 1;
  switch (typeof value) {
    case 'string':
      return textOf(value, line);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : objectOf(value, line, depth);
    default:
      return undefined;
  }
}

function objectOf(value: object, line: Line, depth: number): Loggable | undefined {
  if (depth >= deepest) return '…';
  if (value instanceof Error) return recordOf(errorFields(value, line), line, depth + 1);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${value.byteLength} bytes`;
  if (Array.isArray(value) || value instanceof Set) return listOf(value, line, depth + 1);
  if (value instanceof Map) return recordOf(Object.fromEntries(value), line, depth + 1);
  if ('toJSON' in value && typeof value.toJSON === 'function') return plainOf(value.toJSON(), line, depth + 1);
  return recordOf(value, line, depth + 1);
}

function errorFields(error: Error, line: Line): Record<string, unknown> {
  const { name, message, stack } = error;
  const known = errorDetails.filter((key) => key in error).map((key) => [key, Reflect.get(error, key)]);
  // A line of the stack each: newlines would be escaped.
  const frames = line.stacks && stack ? { stack: stack.split('\n    at ').slice(1) } : {};
  return { ...(name === 'Error' ? {} : { name }), message, ...Object.fromEntries(known), ...frames };
}

function listOf(values: Iterable<unknown>, line: Line, depth: number): Loggable[] {
  const list: Loggable[] = [];
  for (const value of values) {
    if (line.values <= 0) return [...list, '…'];
    list.push(plainOf(value, line, depth) ?? null);
  }
  return list;
}

function recordOf(fields: object, line: Line, depth: number): Record<string, Loggable> {
  // Without a prototype, a field may be called __proto__.
  const record: Record<string, Loggable> = Object.create(null);
  for (const [key, value] of Object.entries(fields)) {
    if (line.values <= 0) return Object.assign(record, { '…': '…' });
    const plain = isSecret(key, value) ? '***' : plainOf(value, line, depth);
    if (plain !== undefined) record[textOf(key, line, longestKey)] = plain;
  }
  return record;
}

function isSecret(key: string, value: unknown): boolean {
  return secretName.test(key) && (typeof value === 'string' || Array.isArray(value));
}

function textOf(text: string, line: Line, longest: number = longestText): string {
  const safe = printable(line.redact(text)).toWellFormed();
  const room = Math.max(0, Math.min(longest, line.characters));
  line.characters -= Math.min(safe.length, room);
  return safe.length <= room ? safe : `${safe.slice(0, room).toWellFormed()}… (${safe.length - room} more)`;
}
