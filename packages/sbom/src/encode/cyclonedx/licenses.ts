import { allOf } from '../../license/spdx-expression.ts';
import { isSpdxId } from '../../license/spdx-ids.ts';
import type { StatedLicense } from '../../license/stated-license.ts';
import type { CycloneDxComponent, CycloneDxLicense } from './document.ts';

/**
 * Licences as CycloneDX has them: `id` for an id of the SPDX list, `name` for what has no certain meaning in SPDX. Where
 * all have one and not all are ids, one expression that says that all of them hold: an expression can only stand alone.
 */
export function cycloneDxLicenses(licenses: readonly StatedLicense[]): CycloneDxComponent['licenses'] {
  if (licenses.length === 0) return undefined;
  const expressions = licenses.flatMap(({ expression }) => expression ?? []);
  if (expressions.length === licenses.length && !expressions.every(isSpdxId)) {
    return [{ expression: allOf(expressions), acknowledgement: 'declared' }];
  }
  const names = new Map<string, CycloneDxLicense>();
  for (const { stated, expression } of licenses) {
    const known =
      expression !== undefined && isSpdxId(expression) ? { id: expression } : { name: expression ?? stated };
    names.set(expression ?? stated, { license: { ...known, acknowledgement: 'declared' } });
  }
  return Array.from(names.values());
}
