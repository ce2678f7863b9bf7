import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../model/inventory.ts';
import { fullInventory, testInventory, testPackage } from '../inventory.test-support.ts';
import type { SpdxDocument, SpdxPackage } from './document.ts';
import { encodeSpdx, type SpdxOptions, toSpdx } from './to-spdx.ts';

const options: SpdxOptions = {
  timestamp: '2026-01-01T01:00:00.123+01:00',
  tool: { name: 'iar', version: '1.2.3', group: '@falcon-iar' },
};
const schema = JSON.parse(readFileSync(new URL('fixtures/spdx-2.3.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);

/** What is wrong with a document: by the schema, and by the rules of the specification that no schema can state. */
function faults(document: SpdxDocument): string[] {
  const found = validate(JSON.parse(JSON.stringify(document)))
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const ids = [document.SPDXID, ...document.packages.map(({ SPDXID }) => SPDXID)];
  const known = new Set<string>(ids);
  if (known.size < ids.length) found.push('an id appears twice');
  found.push(...ids.filter((id) => !/^SPDXRef-[A-Za-z0-9.-]+$/.test(id)));
  for (const { spdxElementId, relatedSpdxElement } of document.relationships) {
    found.push(...[spdxElementId, relatedSpdxElement].filter((id) => !known.has(id)));
  }
  const licenses = document.hasExtractedLicensingInfos.map(({ licenseId }) => licenseId);
  if (new Set(licenses).size < licenses.length) found.push('a licence appears twice');
  for (const { licenseDeclared } of document.packages) {
    const used = Array.from(licenseDeclared.matchAll(/LicenseRef-[A-Za-z0-9.-]+/g), ([id]) => id);
    found.push(...used.filter((id) => !licenses.includes(id)));
  }
  if (!/^https:\/\/[^\s#]+$/.test(document.documentNamespace)) found.push('namespace');
  return found;
}

const packageOf = (inventory: Inventory, name: string): SpdxPackage => {
  const found = toSpdx(inventory, options).packages.find((pkg) => pkg.name === name);
  if (found === undefined) throw new Error(`no package ${name}`);
  return found;
};

describe('toSpdx', () => {
  it('follows schema and rules, with everything an inventory can hold and with nothing', () => {
    expect(faults(toSpdx(fullInventory, options))).toEqual([]);
    expect(faults(toSpdx(testInventory()))).toEqual([]);
  });

  it('follows them whatever an image calls its packages and files', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
    const pkg = fc.record({
      ...{ name: text, version: text, licenses: fc.array(text), homepage: text, supplier: text, description: text },
      cpes: fc.array(text),
    });
    const named = fc.uniqueArray(pkg, { selector: ({ name }) => name, maxLength: 5 });
    const paths = fc.uniqueArray(text, { maxLength: 5 });
    fc.assert(
      fc.property(named, paths, (found, files) => {
        const [file] = fullInventory.files;
        const inventory = testInventory({
          packages: found.map((fields) => testPackage(fields.name, fields)),
          files: file === undefined ? [] : files.map((path) => ({ ...file, path })),
        });
        expect(faults(toSpdx(inventory, options))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  }, 60_000);

  it('is about the image', () => {
    const document = toSpdx(fullInventory, options);
    const { digest } = fullInventory.subject;
    expect(document.name).toBe('example.com/test:1');
    expect(document.packages[0]).toMatchObject({
      ...{ SPDXID: 'SPDXRef-Image', name: 'test', versionInfo: digest, primaryPackagePurpose: 'CONTAINER' },
      checksums: [{ algorithm: 'SHA256', checksumValue: '1'.repeat(64) }],
    });
    expect(document.packages[0]?.comment).toContain('Layer 1: sha256:');
    expect(document.relationships[0]).toEqual({
      ...{ spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-Image' },
    });
    expect(document.comment).toContain('malformed npm /a/package.json: not JSON');
    expect(toSpdx(testInventory()).comment).toBeUndefined();
    const subject = { ...fullInventory.subject, digest: 'md5:xyz', identity: 'config' as const };
    expect(toSpdx({ ...fullInventory, subject }).packages[0]).not.toHaveProperty('checksums');
  });

  it('describes a package', () => {
    expect(packageOf(fullInventory, 'n/libc6')).toMatchObject({
      SPDXID: expect.stringMatching(/^SPDXRef-Package-deb-libc6-[0-9a-f]{20}$/),
      versionInfo: '1:2.36-9+b1',
      supplier: 'Organization: GNU Libc Maintainers (debian-glibc@lists.debian.org)',
      filesAnalyzed: false,
      checksums: [{ algorithm: 'SHA256', checksumValue: 'a'.repeat(64) }],
      homepage: 'https://www.gnu.org/',
      licenseDeclared: expect.stringMatching(
        /^LGPL-2\.1 AND LicenseRef-BSD-[0-9a-f]{20} AND \(GPL-2\.0-or-later OR MIT\)$/,
      ),
      licenseComments: 'Stated as: LGPL-2.1; BSD; GPL-2+ or MIT',
      externalRefs: [
        { referenceType: 'purl', referenceLocator: 'pkg:deb/debian/libc6@1' },
        { referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:a:gnu:glibc:2.36:*:*:*:*:*:*:*' },
      ],
    });
    const { sourceInfo } = packageOf(fullInventory, 'n/libc6');
    expect(sourceInfo).toContain('Found by dpkg in /var/lib/dpkg/status (layer 1 sha256:');
    expect(sourceInfo).toContain('Built from source package glibc 1:2.36-9');
    expect(packageOf(fullInventory, '@babel/core')).toMatchObject({
      ...{ primaryPackagePurpose: 'LIBRARY', comment: expect.stringContaining('Declared') },
      licenseDeclared: '(MIT OR ISC) AND LicenseRef-Own',
    });
    expect(packageOf(fullInventory, 'debian')).toMatchObject({ versionInfo: '12', description: 'Debian 12' });
  });

  it('defines each licence that is not on the list once, in the words of the package', () => {
    const licenses = ['BSD', 'GPL2 MIT', 'LicenseRef-Own'];
    const twice = testInventory({ packages: [testPackage('a', { licenses }), testPackage('b', { licenses })] });
    expect(toSpdx(twice).hasExtractedLicensingInfos).toMatchObject([
      { licenseId: expect.stringMatching(/^LicenseRef-BSD-/), extractedText: 'BSD' },
      { licenseId: expect.stringMatching(/^LicenseRef-GPL2-MIT-/), extractedText: 'GPL2 MIT' },
      { licenseId: 'LicenseRef-Own', extractedText: 'LicenseRef-Own' },
    ]);
    expect(packageOf(testInventory({ packages: [testPackage('a')] }), 'a').licenseDeclared).toBe('NOASSERTION');
  });

  it('has files and models as packages that are files, under the package that owns them', () => {
    const { packages, relationships } = toSpdx(fullInventory, options);
    const idOf = (name: string): string => packages.find((pkg) => pkg.name === name)?.SPDXID ?? '';
    expect(packages.filter(({ primaryPackagePurpose }) => primaryPackagePurpose === 'FILE')).toMatchObject([
      { name: '/bin/sh', checksums: [{ algorithm: 'SHA256', checksumValue: 'b'.repeat(64) }] },
      { name: '/opt/run' },
      { name: '/m/x.gguf', comment: 'Machine-learning model of format gguf, 9 bytes' },
    ]);
    const lines = relationships.map((it) => `${it.spdxElementId} ${it.relationshipType} ${it.relatedSpdxElement}`);
    const [libc, core] = [idOf('n/libc6'), idOf('@babel/core')];
    expect(lines.sort()).toEqual(
      [
        'SPDXRef-DOCUMENT DESCRIBES SPDXRef-Image',
        'SPDXRef-Image CONTAINS SPDXRef-OperatingSystem',
        `SPDXRef-Image CONTAINS ${idOf('/m/x.gguf')}`,
        `SPDXRef-Image CONTAINS ${idOf('/opt/run')}`,
        `SPDXRef-Image CONTAINS ${libc}`,
        `SPDXRef-Image OTHER ${core}`,
        `${libc} CONTAINS ${core}`,
        `${libc} CONTAINS ${idOf('/bin/sh')}`,
        `${core} DEPENDS_ON ${libc}`,
      ].sort(),
    );
    expect(JSON.stringify(packages)).not.toContain('top…secret');
  });

  it('is made when the host says, else when the image was, in the one form of time that SPDX has', () => {
    const creationOf = (config: object, more: SpdxOptions = {}): unknown =>
      toSpdx(testInventory({ subject: { ...testInventory().subject, config } }), more).creationInfo;
    expect(toSpdx(testInventory(), options).creationInfo).toEqual({
      created: '2026-01-01T00:00:00Z',
      creators: ['Organization: falcon-iar', 'Tool: iar-1.2.3'],
    });
    expect(creationOf({ created: '2020-02-03T04:05:06.789Z' })).toMatchObject({ created: '2020-02-03T04:05:06Z' });
    expect(creationOf({ created: 'yesterday' })).toMatchObject({ created: '1970-01-01T00:00:00Z' });
    expect(creationOf({ created: '2020-99-99T00:00:00Z' })).toMatchObject({ created: '1970-01-01T00:00:00Z' });
    expect(creationOf({}, { tool: { name: 'x\ny' } })).toMatchObject({ creators: ['Tool: x y'] });
  });

  it('is the same for the same image, whatever the order, and another document for another time', () => {
    const turned = {
      ...fullInventory,
      ...{ packages: fullInventory.packages.toReversed(), files: fullInventory.files.toReversed() },
    };
    const document = toSpdx(fullInventory, options);
    expect(toSpdx(turned, options)).toEqual({ ...document, documentNamespace: expect.any(String) });
    expect(toSpdx(structuredClone(fullInventory), options)).toEqual(document);
    const later = { ...options, timestamp: '2026-01-02T00:00:00Z' };
    expect(toSpdx(fullInventory, later).documentNamespace).not.toBe(document.documentNamespace);
    const namespace = 'https://example.com/sbom/1';
    expect(toSpdx(fullInventory, { ...options, namespace }).documentNamespace).toBe(namespace);
  });
});

describe('encodeSpdx', () => {
  it('writes the same document in pieces', () => {
    const packages = Array.from({ length: 500 }, (_, index) => testPackage(`p${index}`, { licenses: [`L ${index}`] }));
    const inventory = { ...fullInventory, packages: [...fullInventory.packages, ...packages] };
    const chunks = Array.from(encodeSpdx(inventory, options));
    expect(chunks.length).toBeGreaterThan(3);
    expect(JSON.parse(chunks.join(''))).toEqual(JSON.parse(JSON.stringify(toSpdx(inventory, options))));
  });
});
