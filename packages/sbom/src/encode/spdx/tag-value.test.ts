import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullInventory, testInventory, testPackage } from '../inventory.test-support.ts';
import { encodeSpdxTagValue, toSpdx } from './to-spdx.ts';

/** Reads the format as SPDX 2.3, 4.4 has it: `Tag: value`, values in `<text>` over several lines. */
function tagsOf(text: string): { tag: string; value: string }[] {
  const pattern = /(\w+): (?:<text>([\s\S]*?)<\/text>|(.*))\n|\n/gy;
  const tags: { tag: string; value: string }[] = [];
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) throw new Error(`not a tag: ${text.slice(at, at + 80)}`);
    if (found[1] !== undefined) tags.push({ tag: found[1], value: found[2] ?? found[3] ?? '' });
  }
  return tags;
}

const valuesOf = (text: string, tag: string): string[] =>
  tagsOf(text).flatMap((found) => (found.tag === tag ? [found.value] : []));

describe('encodeSpdxTagValue', () => {
  it('says what the JSON form says', () => {
    const document = toSpdx(fullInventory);
    const text = Array.from(encodeSpdxTagValue(fullInventory)).join('');
    const { packages, relationships, hasExtractedLicensingInfos: licenses } = document;
    expect(tagsOf(text).slice(0, 3)).toEqual([
      { tag: 'SPDXVersion', value: 'SPDX-2.3' },
      { tag: 'DataLicense', value: 'CC0-1.0' },
      { tag: 'SPDXID', value: 'SPDXRef-DOCUMENT' },
    ]);
    expect(valuesOf(text, 'DocumentNamespace')).toEqual([document.documentNamespace]);
    expect(valuesOf(text, 'DocumentComment')).toEqual([document.comment]);
    expect(valuesOf(text, 'PackageName')).toEqual(packages.map(({ name }) => name));
    expect(valuesOf(text, 'SPDXID').slice(1)).toEqual(packages.map(({ SPDXID }) => SPDXID));
    expect(valuesOf(text, 'PackageLicenseDeclared')).toEqual(packages.map((pkg) => pkg.licenseDeclared));
    expect(valuesOf(text, 'PackageDescription')).toEqual(packages.flatMap((pkg) => pkg.description ?? []));
    expect(valuesOf(text, 'PackageSourceInfo')).toEqual(packages.flatMap((pkg) => pkg.sourceInfo ?? []));
    expect(valuesOf(text, 'PrimaryPackagePurpose')).toContain('OPERATING-SYSTEM');
    expect(valuesOf(text, 'ExternalRef')).toContain('SECURITY cpe23Type cpe:2.3:a:gnu:glibc:2.36:*:*:*:*:*:*:*');
    expect(valuesOf(text, 'Relationship')).toEqual(
      relationships.map((it) => `${it.spdxElementId} ${it.relationshipType} ${it.relatedSpdxElement}`),
    );
    expect(valuesOf(text, 'RelationshipComment')).toHaveLength(1);
    expect(valuesOf(text, 'LicenseID')).toEqual(licenses.map(({ licenseId }) => licenseId));
    expect(valuesOf(text, 'ExtractedText')).toEqual(licenses.map(({ extractedText }) => extractedText));
  });

  it('lets no package write a tag of its own', () => {
    const hostile = 'x</text>\nPackageName: forged\r\n<text>';
    const pkg = testPackage('a', { name: hostile, version: hostile, description: hostile, licenses: [hostile] });
    const text = Array.from(encodeSpdxTagValue(testInventory({ packages: [pkg] }))).join('');
    expect(valuesOf(text, 'PackageName')).toEqual(['test', 'x</text> PackageName: forged &lt;text>']);
    expect(valuesOf(text, 'ExtractedText')).toEqual(['x&lt;/text>\nPackageName: forged\n<text>']);
  });

  it('can be read whatever an image calls its packages', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(text, text, text, (name, description, license) => {
        const pkg = testPackage('a', { name, version: name, supplier: name, description, licenses: [license] });
        const written = Array.from(encodeSpdxTagValue(testInventory({ packages: [pkg] }))).join('');
        expect(written.isWellFormed()).toBe(true);
        expect(valuesOf(written, 'SPDXID')).toHaveLength(3);
      }),
    );
  }, 60_000);

  it('gives a large document in pieces', () => {
    const packages = Array.from({ length: 1_000 }, (_, index) => testPackage(`p${index}`));
    const chunks = Array.from(encodeSpdxTagValue(testInventory({ packages })));
    expect(chunks.length).toBeGreaterThan(5);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(70 * 1024);
  });
});
