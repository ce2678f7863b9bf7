/**
 * Reads a relation field such as `Depends` (deb-control(5)): comma between what is needed, `|` between alternatives.
 * Versions, architecture qualifiers and restrictions are left out: what is installed satisfied them once.
 *
 * @returns one entry for each need, in it the names of its alternatives in order
 */
export function parseRelations(field: string): string[][] {
  const needs: string[][] = [];
  for (const need of field.split(',')) {
    const names = need.split('|').map(relationName);
    const known = names.filter((name) => name !== '');
    if (known.length > 0) needs.push(known);
  }
  return needs;
}

function relationName(alternative: string): string {
  const text = alternative.trimStart();
  const end = text.search(/[\s(:[<]/);
  return end < 0 ? text : text.slice(0, end);
}
