import ids from 'spdx-license-ids/index.json' with { type: 'json' };

/** Short names of DEP 5 and of common use that mean exactly one text, in lower case, and its SPDX id. */
const otherNames: Readonly<Record<string, string>> = {
  'artistic-2': 'Artistic-2.0',
  'bsd-2': 'BSD-2-Clause',
  'bsd-3': 'BSD-3-Clause',
  'bsd-4': 'BSD-4-Clause',
  cc0: 'CC0-1.0',
  expat: 'MIT',
  'mpl-1': 'MPL-1.0',
  'mpl-2': 'MPL-2.0',
  'psf-2': 'PSF-2.0',
};

/** Exceptions by the words before `exception`, in lower case; where the version follows the licence's, two. */
const exceptions: Readonly<Record<string, string | { readonly 2: string; readonly 3: string }>> = {
  autoconf: { 2: 'Autoconf-exception-2.0', 3: 'Autoconf-exception-3.0' },
  bison: 'Bison-exception-2.2',
  classpath: 'Classpath-exception-2.0',
  font: 'Font-exception-2.0',
  libtool: 'Libtool-exception',
};

/** Characters; a longer expression is left as it is. */
const maxLength = 500;

let canonicalIds: ReadonlyMap<string, string> | undefined;

/**
 * The SPDX id of a licence's short name as Debian (DEP 5) and Gentoo write it: `GPL-2+` is `GPL-2.0-or-later`, `Expat`
 * is `MIT`, `zlib` is `Zlib`.
 *
 * @returns undefined where the name may mean more than one text
 */
export function spdxLicenseId(name: string): string | undefined {
  const key = name.toLowerCase();
  const gnu = /^([al]?gpl|gfdl)(-niv)?-?v?([1-3])(?:\.([0-9]))?(\+|-or-later|-only)?$/.exec(key);
  if (gnu !== null) {
    const [, family = '', noInvariants, major = '', minor = '0', later] = gnu;
    const invariants = noInvariants === undefined ? '' : '-no-invariants';
    const suffix = later === '+' || later === '-or-later' ? 'or-later' : 'only';
    return knownId(`${family}-${major}.${minor}${invariants}-${suffix}`);
  }
  return Object.hasOwn(otherNames, key) ? otherNames[key] : knownId(key);
}

/**
 * The SPDX expression that a `License` field of DEP 5 amounts to. `and` binds closer than `or`, as in SPDX; a comma before
 * one of them makes it bind last: `GPL-2+ or Artistic-2.0, and BSD-3-clause`.
 *
 * @returns undefined where any part of it has no certain meaning in SPDX
 */
export function spdxExpression(text: string): string | undefined {
  if (text.length > maxLength) return undefined;
  const loose = text.split(/,\s+(and|or)\s+/i);
  const operators = new Set(loose.filter((_, index) => index % 2 === 1).map((operator) => operator.toUpperCase()));
  // Two different operators after commas: no rule says which comes first.
  if (operators.size > 1) return undefined;
  const parts = loose.filter((_, index) => index % 2 === 0).map(tightExpression);
  const [operator] = operators;
  if (!parts.every((part) => part !== undefined)) return undefined;
  if (operator === undefined) return parts[0];
  return parts.map((part) => (/ (?:AND|OR) /.test(part) ? `(${part})` : part)).join(` ${operator} `);
}

/** An expression without commas. */
function tightExpression(text: string): string | undefined {
  const words = text.trim().split(/\s+(and|or)\s+/i);
  const parts = words.map((word, index) => (index % 2 === 1 ? word.toUpperCase() : licenseWithException(word)));
  return parts.every((part) => part !== undefined) ? parts.join(' ') : undefined;
}

function licenseWithException(text: string): string | undefined {
  const [name = '', exceptionText] = text.split(/\s+with\s+/i, 2);
  const id = spdxLicenseId(name);
  if (id === undefined || exceptionText === undefined) return id;
  // All the exceptions known here are exceptions from a licence of GNU.
  if (!/^[AL]?GPL-/.test(id)) return undefined;
  const key = exceptionText.toLowerCase().replace(/[\s-]+exception$/, '');
  const found = Object.hasOwn(exceptions, key) ? exceptions[key] : undefined;
  const exception = typeof found === 'object' ? (id.startsWith('GPL-3') ? found[3] : found[2]) : found;
  return exception === undefined ? undefined : `${id} WITH ${exception}`;
}

function knownId(key: string): string | undefined {
  canonicalIds ??= new Map(ids.map((id) => [id.toLowerCase(), id]));
  return canonicalIds.get(key.toLowerCase());
}
