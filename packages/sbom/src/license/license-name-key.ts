/** Long names of families of licences, in the form of a key, and how their ids begin. The longest come first. */
const families: readonly (readonly [name: string, id: string])[] = [
  ['gnu-lesser-general-public', 'lgpl'],
  ['gnu-library-general-public', 'lgpl'],
  ['gnu-affero-general-public', 'agpl'],
  ['gnu-general-public', 'gpl'],
  ['gnu-free-documentation', 'gfdl'],
  ['lesser-general-public', 'lgpl'],
  ['affero-general-public', 'agpl'],
  ['general-public', 'gpl'],
  ['gnu-lesser-gpl', 'lgpl'],
  ['gnu-affero-gpl', 'agpl'],
  ['gnu-lgpl', 'lgpl'],
  ['gnu-agpl', 'agpl'],
  ['gnu-gpl', 'gpl'],
  ['gnu-fdl', 'gfdl'],
  ['apache-software', 'apache'],
  ['asf', 'apache'],
  ['asl', 'apache'],
  ['mozilla-public', 'mpl'],
  ['eclipse-public', 'epl'],
  ['european-union-public', 'eupl'],
  ['python-software-foundation', 'psf'],
  ['creative-commons-attribution-share-alike', 'cc-by-sa'],
  ['creative-commons-attribution-sharealike', 'cc-by-sa'],
  ['creative-commons-attribution', 'cc-by'],
  ['creative-commons-by', 'cc-by'],
];

/**
 * What the many ways to write the name of one licence have in common: lower case, words joined by `-`, no `the`, no
 * `license`, no `version`; `or later` in any wording is a `+` at the end.
 *
 * @example
 * `The Apache Software License, Version 2.0` is `apache-2.0`, `GNU GPL v2 or later` is `gpl-2+`.
 */
export function licenseNameKey(text: string): string {
  const plain = singleSpaced(text)
    .toLowerCase()
    .replaceAll('licence', 'license')
    .replace(/^license ::\s+(?:osi approved ::\s+)?/, '')
    .replace(/^["'](.*)["']$/, '$1');
  const key = withPlus(plain)
    // An abbreviation behind the name says nothing new.
    .replace(/(?<=[\w+]) ?\([^()]*\)$/, '')
    .replace(/\b(?:the|licensed?|licenses)\b/g, ' ')
    .replace(/\bv(?:er(?:sion|\.)?|\.)?\s*(?=\d)/g, ' ')
    .replace(/\b([a-z]{2,})-?v(?=\d)/g, '$1-')
    .replace(/ +\+/g, '+')
    .replace(/[\s,:;_-]+/g, '-')
    .replace(/ ?\/ ?/g, '/')
    .replace(/^-+|-+$/g, '');
  const family = families.find(([name]) => key.startsWith(name) && !/^[a-z]/.test(key.slice(name.length)));
  return family === undefined ? key : family[1] + key.slice(family[0].length);
}

/** Text with one space for each run of white space, and none around it. */
export function singleSpaced(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/**
 * `or later` in any wording as a `+`.
 *
 * @param text - single-spaced: over long runs of spaces these patterns would take too long
 */
export function withPlus(text: string): string {
  return text.replace(/ ?\(? ?>= ?(\d+(?:\.\d+)*) ?\)?/g, ' $1+').replace(orLater, '+');
}

const orLater =
  /,? ?\b(?:or|and) (?:\(at your option\) )?(?:any )?(?:later|newer|greater|higher|above)\b(?: versions?)?/gi;
