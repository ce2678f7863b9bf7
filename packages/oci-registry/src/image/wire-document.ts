import type { z } from 'zod';
import { RegistryError } from '../error.ts';
import type { RegistryErrorCode } from '../error-codes.ts';

/** Decodes JSON strictly: invalid UTF-8 is an error and not replaced. */
export function parseJson(bytes: Uint8Array, code: RegistryErrorCode, where: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new RegistryError(code, `${where}: it is not JSON`, { cause });
  }
}

/** Checks a decoded document against its schema; the error names the first field that is wrong. */
export function checkWireDocument<T>(
  document: unknown,
  schema: z.ZodType<T>,
  code: RegistryErrorCode,
  where: string,
): T {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join('.').slice(0, 120) || 'the document';
  throw new RegistryError(code, `${where}: ${path}: ${issue?.message ?? 'is malformed'}`);
}
