import parseExpression from 'spdx-expression-parse';
import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import currentIds from 'spdx-license-ids/index.json' with { type: 'json' };
import type { CycloneDxComponent, CycloneDxLicense } from './document.ts';

const spdxIds: ReadonlySet<string> = new Set([...currentIds, ...deprecatedIds]);

/** Characters; a longer text is no expression that anybody wrote by hand, and costs the parser too much. */
const maxExpressionLength = 2_000;

/**
 * Licences as CycloneDX has them: `id` for what is exactly an id of the SPDX list, an expression where one stands alone
 * and is valid, `name` for everything else.
 */
export function cycloneDxLicenses(texts: readonly string[]): CycloneDxComponent['licenses'] {
  const stated = Array.from(new Set(texts.map((text) => text.trim()))).filter((text) => text !== '');
  const [only] = stated;
  if (only === undefined) return undefined;
  if (stated.length === 1 && !spdxIds.has(only) && isExpression(only)) {
    return [{ expression: only, acknowledgement: 'declared' }];
  }
  return stated.map(
    (text): CycloneDxLicense => ({
      license: { ...(spdxIds.has(text) ? { id: text } : { name: text }), acknowledgement: 'declared' },
    }),
  );
}

function isExpression(text: string): boolean {
  // The parser allows operators in small letters, which SPDX 2 does not.
  if (text.length > maxExpressionLength || /\b(?:and|or|with)\b/.test(text)) return false;
  try {
    parseExpression(text);
    return true;
  } catch {
    // Its way to say no.
    return false;
  }
}
