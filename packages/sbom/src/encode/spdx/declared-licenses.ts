import { allOf } from '../../license/spdx-expression.ts';
import { createLicenseReader, type StatedLicense } from '../../license/stated-license.ts';
import { comparePaths } from '../../model/order.ts';
import type { SpdxExtractedLicense, SpdxPackage } from './document.ts';
import { licenseRef } from './element-id.ts';

/** The licence fields of one package. */
export type SpdxLicenseFields = Pick<SpdxPackage, 'licenseDeclared' | 'licenseComments'>;

/** Gathers the licences of a document that are not on the SPDX list, while packages are written. */
export interface DeclaredLicenses {
  /** What a package declares, as one expression in which all of its licences hold. */
  of(texts: readonly string[]): SpdxLicenseFields;
  /** Every `LicenseRef-` that was used so far, sorted. */
  extracted(): SpdxExtractedLicense[];
}

/** Makes the licences of one document. */
export function createDeclaredLicenses(): DeclaredLicenses {
  const read = createLicenseReader();
  const extracted = new Map<string, SpdxExtractedLicense>();
  const add = (licenseId: string, extractedText: string, comment: string): void => {
    if (!extracted.has(licenseId)) extracted.set(licenseId, { licenseId, extractedText, name: extractedText, comment });
  };
  const written = new Map<StatedLicense, string>();
  const expressionOf = (license: StatedLicense): string => {
    let expression = written.get(license);
    if (expression === undefined) {
      expression = license.expression ?? licenseRef(license.stated);
      written.set(license, expression);
      for (const [id] of expression.matchAll(/LicenseRef-[A-Za-z0-9.-]+/g)) {
        if (license.expression !== undefined) add(id, id, 'Named in package metadata that does not carry its text.');
        else add(id, license.stated, 'Package metadata that names no licence of the SPDX list for certain.');
      }
    }
    return expression;
  };
  return {
    of(texts) {
      const licenses = read(texts);
      if (licenses.length === 0) return { licenseDeclared: 'NOASSERTION' };
      const changed = licenses.some(({ stated, expression }) => stated !== expression);
      return {
        licenseDeclared: allOf(licenses.map(expressionOf)),
        ...(changed && { licenseComments: `Stated as: ${licenses.map(({ stated }) => stated).join('; ')}` }),
      };
    },
    extracted: () => Array.from(extracted.values()).sort((a, b) => comparePaths(a.licenseId, b.licenseId)),
  };
}
