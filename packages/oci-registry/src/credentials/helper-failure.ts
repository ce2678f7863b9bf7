import { RegistryError, type RegistryErrorOptions } from '../error.ts';
import { cleanForeignText } from '../transport/redact.ts';

/** The error for a helper that gives no answer. Nothing of an answer belongs into the reason. */
export function helperFailure(
  program: string,
  server: string,
  reason: string,
  options: RegistryErrorOptions = {},
): RegistryError {
  const where = cleanForeignText(server);
  return new RegistryError('CREDENTIALS_UNAVAILABLE', `ask ${program}, ${where}: ${reason}`, options);
}

/** Longest line looked at, in characters. */
const maxLine = 1000;

/** What a secret is introduced by; after a colon mostly comes a reason, and a secret only where one word ends the line. */
const announced = /\b(pass(?:word|wd|phrase)?|pwd|secret|token|authorization|bearer|basic)(?:\s*=.*|\s*:\s*\S+$)/i;

/** Whether a word looks like a key, a hash or a token rather than like language, a host or a path. */
function looksSecret(word: string): boolean {
  if (/[0-9a-f]{32,}/i.test(word)) return true;
  return word.length >= 20 && /[0-9]/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word);
}

/**
 * What a failing helper says about the reason: the first line, fit for a message. `undefined` where there is none, and
 * where it may be an answer after all; what looks like a secret is left out.
 */
export function helperComplaint(output: string): string | undefined {
  const [line = ''] = output
    .trim()
    .slice(0, maxLine)
    .split(/[\r\n]/, 1);
  // An answer, or part of one: by the protocol, complaints are plain text.
  if (/[{}"]|\bsecret\b['\s]*:/i.test(line)) return undefined;
  const words = line
    .replace(announced, '$1 ...')
    .split(/(\s+|[=,;'()<>])/)
    .map((word) => (looksSecret(word) ? '...' : word));
  return cleanForeignText(words.join('')) || undefined;
}
