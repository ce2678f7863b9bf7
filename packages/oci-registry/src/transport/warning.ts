import type { HeaderFields } from './http-headers.ts';
import { cleanForeignText } from './redact.ts';

/** Longest header value looked at, in characters: what distribution-spec allows all warnings of an answer together. */
const maxLength = 4096;
/** Most warnings of one answer. */
const maxWarnings = 10;

/**
 * The texts of the `Warning` headers with which a registry speaks to people (distribution-spec "Warnings"): code 299
 * and no agent. Other warnings are of caches on the way, and are not told.
 */
export function parseWarnings(headers: HeaderFields): readonly string[] {
  const fields = headers.warning ?? [];
  const text = (typeof fields === 'string' ? fields : fields.join(', ')).slice(0, maxLength);
  const found = text.matchAll(/(?:^|,)[ \t]{0,8}299 - "((?:[^"\\]|\\.)*)"/g);
  return [...found]
    .slice(0, maxWarnings)
    .map(([, quoted = '']) => cleanForeignText(quoted.replace(/\\(.)/g, '$1')))
    .filter((each) => each !== '');
}
