import { splitLines } from '../text/read-lines.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** What a formula says of itself. */
export interface HomebrewFormula {
  readonly description?: string;
  readonly homepage?: string;
  /** An SPDX expression. */
  readonly license?: string;
}

const statement = /^ {2}(desc|homepage|license)\s+(.*)$/;
const quoted = /"((?:[^"\\]|\\.)*)"/g;
/** What stands around the names of a list, and how they are joined. */
const operators: ReadonlyMap<string, string> = new Map([
  ['any_of:[]', ' OR '],
  ['all_of:[]', ' AND '],
]);
/** Characters of a licence that spans lines. */
const maxLicense = 2_000;

/**
 * Reads the plain statements at the top of a formula: `desc`, `homepage`, `license`. The formula is Ruby, of which no
 * more is understood; a licence that is put together in another way than from one list of names is left out. Never throws.
 */
export function parseHomebrewFormula(text: string): HomebrewFormula {
  const found: { desc?: string; homepage?: string } = {};
  let license: string | undefined;
  splitLines(text, (line) => {
    // A list of licences goes on until its bracket is closed.
    if (license?.includes('[') && !license.includes(']') && license.length < maxLicense) {
      license += ` ${line.slice(0, maxLicense).trim()}`;
      return undefined;
    }
    const [, name, value = ''] = statement.exec(line.slice(0, maxLicense)) ?? [];
    if (name === 'license') license ??= value;
    const [text] = texts(value);
    if ((name === 'desc' || name === 'homepage') && text !== undefined) found[name] ??= text;
    return undefined;
  });
  return withoutUndefined({
    description: found.desc,
    homepage: found.homepage,
    license: license === undefined ? undefined : licenseExpression(license),
  });
}

function licenseExpression(value: string): string | undefined {
  const names = texts(value);
  if (names.length === 0 || names.some((name) => !/^[\w.+-]+$/.test(name))) return undefined;
  const rest = value.replace(quoted, '').replace(/#.*$/, '').replace(/[\s,]/g, '');
  if (rest === '' && names.length === 1) return names[0];
  const operator = operators.get(rest);
  return operator === undefined ? undefined : names.join(operator);
}

function texts(value: string): string[] {
  return Array.from(value.matchAll(quoted), ([, text = '']) => text.replace(/\\(.)/g, '$1'));
}
