import parseExpression from 'spdx-expression-parse';
import { spdxExceptionId } from './license-exceptions.ts';
import { singleSpaced, withPlus } from './license-name-key.ts';
import { isSpdxId } from './spdx-ids.ts';
import { spdxLicenseId } from './spdx-license-id.ts';

/** Characters; a longer text is no expression that anybody wrote by hand, and costs the parser too much. */
const maxExpressionLength = 2_000;

/**
 * Whether a text is a licence expression that stands by itself (SPDX 2.3, Annex D): operators in capitals, no reference
 * into another document.
 */
export function isSpdxExpression(text: string): boolean {
  // The parser allows operators in small letters, which SPDX 2 does not.
  if (text.length > maxExpressionLength || /(?<![^\s()])(?:and|or|with)(?![^\s()])|DocumentRef-/.test(text))
    return false;
  try {
    parseExpression(text);
    return true;
  } catch {
    // Its way to say no.
    return false;
  }
}

/**
 * The SPDX expression that a statement of licences amounts to, as Debian, Fedora, Alpine, R, Cargo and others write them:
 * names joined by `and`, `or`, `with` in any case, `|`, `&`, or `/` between ids, which is Cargo's `or`.
 *
 * `and` binds closer than `or`, as in SPDX; a comma before one of them makes it bind last (DEP 5):
 * `GPL-2+ or Artistic-2.0, and BSD-3-clause`.
 *
 * @returns undefined where any part of it has no certain meaning in SPDX
 */
export function spdxExpression(text: string): string | undefined {
  if (text.length > maxExpressionLength) return undefined;
  const statement = singleSpaced(text).replace(/ ?\+ ?file LICEN[CS]E$/i, '');
  const single = spdxLicenseId(statement);
  if (single !== undefined) return single;
  const loose = withPlus(statement).split(/, (and|or) /i);
  const operators = new Set(loose.filter((_, index) => index % 2 === 1).map((operator) => operator.toUpperCase()));
  // Two different operators after commas: no rule says which comes first.
  if (operators.size > 1) return undefined;
  const parts = loose.filter((_, index) => index % 2 === 0).map(tightExpression);
  if (!parts.every((part) => part !== undefined)) return undefined;
  const [operator] = operators;
  return operator === undefined ? parts[0] : parts.map(inParentheses).join(` ${operator} `);
}

/** One expression for several that all hold. */
export function allOf(expressions: readonly string[]): string {
  const unique = Array.from(new Set(expressions));
  return unique.length === 1 ? (unique[0] ?? '') : unique.map(inParentheses).join(' AND ');
}

function inParentheses(expression: string): string {
  return / (?:AND|OR) /.test(expression) && !/^\([^()]*\)$/.test(expression) ? `(${expression})` : expression;
}

/** An expression without commas. */
function tightExpression(text: string): string | undefined {
  if (/^[\w.+-]+(?:\/[\w.+-]+)+$/.test(text)) {
    const ids = text.split('/').map(spdxLicenseId);
    return ids.every((id) => id !== undefined) ? ids.join(' OR ') : undefined;
  }
  const words = text.split(/([()]|(?<=^|[\s)])(?:and|or|with)(?=[\s(]|$)|\|\|?|&&?)/i);
  let written = '';
  let license = '';
  let exception = false;
  for (const [index, word] of words.entries()) {
    const token = word.trim();
    if (token === '') continue;
    if (index % 2 === 1) {
      const operator = operatorOf(token);
      written += operator;
      exception = operator === ' WITH ';
      continue;
    }
    const id = exception ? spdxExceptionId(token, license) : operandOf(token);
    if (id === undefined) return undefined;
    written += id;
    license = id;
    exception = false;
  }
  return isSpdxExpression(written) ? written : undefined;
}

function operatorOf(token: string): string {
  if (token === '(' || token === ')') return token;
  if (token.startsWith('|')) return ' OR ';
  return token.startsWith('&') ? ' AND ' : ` ${token.toUpperCase()} `;
}

function operandOf(token: string): string | undefined {
  const kept = isSpdxId(token) || /^LicenseRef-[A-Za-z0-9.-]+$/.test(token) ? token : undefined;
  return spdxLicenseId(token) ?? kept;
}
