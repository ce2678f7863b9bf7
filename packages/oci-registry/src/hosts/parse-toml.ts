import { parse, TomlError } from 'smol-toml';
import type { z } from 'zod';
import { invalidHosts, printKey } from './hosts-error.ts';

/** Deepest nesting of arrays and inline tables; the formats need three. */
const maxDepth = 32;

function parseText(path: string, text: string): unknown {
  try {
    return parse(text, { maxDepth, unsafeKeyBehaviour: 'throw' });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Only the first line, and no cause: the parser quotes the text around the mistake, which may be a secret header.
    const reason = (error.message.split('\n', 1)[0] ?? '').replace(/^Invalid TOML document: /, '');
    throw invalidHosts(`${path}, line ${error.line}`, `not TOML: ${reason}`);
  }
}

/** Field names as TOML writes them: `host."https://mirror.example.com".ca[0]`. */
function printField(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${printKey(String(key))}`))
    .join('');
}

/**
 * Parses TOML (version 1.0) into what a schema wants. Tables keep the order of the file.
 *
 * @throws RegistryError `HOSTS_INVALID` with the file and the line or field, without the value
 */
export function parseToml<Schema extends z.ZodType>(path: string, text: string, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(parseText(path, text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const reason = (issue?.message ?? 'malformed').replace(/^Invalid input: /, '');
  throw invalidHosts(`${path}, field ${printField(issue?.path ?? [])}`, reason);
}
