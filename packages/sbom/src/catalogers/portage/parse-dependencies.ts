import { splitVersion } from './split-version.ts';

/** Words of one field that are looked at. */
const maxWords = 20_000;

/**
 * Reads `RDEPEND` as Portage writes it into its database, with USE conditionals already decided (PMS 8.2): atoms, and
 * `|| ( … )` around alternatives. Versions, slots and USE flags are left out; blockers are no needs.
 *
 * @returns one entry for each need, in it `category/name` of its alternatives in order
 */
export function parsePortageDependencies(field: string): string[][] {
  const needs: string[][] = [];
  // For each open parenthesis whether it or one around it belongs to `||`, whose atoms are alternatives.
  const open: boolean[] = [];
  let alternatives: string[] = [];
  let afterAny = false;
  for (const word of field.split(/\s+/, maxWords)) {
    if (word === '||') afterAny = true;
    else if (word === '(') {
      open.push(afterAny || open.at(-1) === true);
      afterAny = false;
    } else if (word === ')') {
      open.pop();
      if (open.at(-1) !== true && alternatives.length > 0) {
        needs.push(alternatives);
        alternatives = [];
      }
    } else {
      const name = atomName(word);
      if (name === undefined) continue;
      if (open.at(-1) === true) alternatives.push(name);
      else needs.push([name]);
    }
  }
  if (alternatives.length > 0) needs.push(alternatives);
  return needs;
}

/** `>=dev-libs/openssl-1.1:0/3=[bindist(-)]` is `dev-libs/openssl`. */
function atomName(word: string): string | undefined {
  const match = /^(!{0,2})([<>=~]*)([\w+.-]+\/[\w+.-]+)\*?(?:[:[].*)?$/.exec(word);
  const [, blocker, operator, name] = match ?? [];
  if (name === undefined || blocker !== '') return undefined;
  if (operator === '') return name;
  const split = splitVersion(name);
  return split === undefined ? name : split.name;
}
