import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UsageError } from '../cli/usage-error.ts';

/**
 * The value of an option that is JSON in braces, or the name of a file with JSON.
 *
 * @param example - What it may look like, for the hint.
 * @throws UsageError where it cannot be read or breaks the schema
 */
export async function readJsonOption<T>(
  option: string,
  given: string,
  schema: z.ZodType<T>,
  example: string,
): Promise<T> {
  const inline = given.trimStart().startsWith('{');
  const value = schema.safeParse(parseJson(option, inline ? given : await readText(option, given), example));
  if (value.success) return value.data;
  const problems = z.prettifyError(value.error).replace(/\s+/g, ' ');
  throw new UsageError(`${option}: ${problems}`, `such as ${example}; docs/falcon-cloud.md lists what there is`);
}

async function readText(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${option}: cannot read ${file}`, 'give JSON in braces, or a readable file with JSON', {
      cause,
    });
  }
}

function parseJson(option: string, text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${option}: this is no JSON`, `such as ${example}`, { cause });
  }
}
