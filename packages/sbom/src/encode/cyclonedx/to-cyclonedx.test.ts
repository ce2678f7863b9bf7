import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import { defaultCatalogers } from '../../catalogers/default-catalogers.ts';
import type { Inventory } from '../../model/inventory.ts';
import { testInventory, testPackage } from '../inventory.test-support.ts';
import type { CycloneDxComponent, CycloneDxDocument } from './document.ts';
import { type CycloneDxOptions, encodeCycloneDx, toCycloneDx } from './to-cyclonedx.ts';

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

/** What the standard's own strict validator has against a document; null where it has nothing. */
const faults = (document: CycloneDxDocument): Promise<unknown> => validator.validate(JSON.stringify(document));

const componentOf = (inventory: Inventory, ref: string): CycloneDxComponent | undefined =>
  toCycloneDx(inventory).components.find((component) => component['bom-ref'] === ref);

const propertiesOf = (component: CycloneDxComponent | undefined): Record<string, string> =>
  Object.fromEntries((component?.properties ?? []).map(({ name, value }) => [name, value]));

const full = testInventory({
  distro: {
    ...{ id: 'debian', versionId: '12', prettyName: 'Debian 12', idLike: ['x', 'y'], path: 'usr/lib/os-release' },
    ...{ layer: 0, cpeName: 'cpe:/o:debian:debian_linux:12' },
  },
  packages: [
    testPackage('libc6', {
      ...{ version: '1:2.36-9+b1', architecture: 'amd64', supplier: 'Maintainer <m@x>', description: 'C library' },
      ...{ source: { name: 'glibc', version: '1:2.36-9' }, homepage: 'https://www.gnu.org/', licenses: ['LGPL-2.1'] },
      hashes: [{ algorithm: 'SHA-256', content: 'a'.repeat(64) }],
      details: { section: 'libs', installedSize: 1024, essential: true },
      occurrences: [{ path: 'var/lib/dpkg/status', layer: 1, introducedIn: 0 }],
    }),
    testPackage('core', {
      ...{ type: 'npm', class: 'language', namespace: '@babel', purl: 'pkg:npm/%40babel/core@1', cataloger: 'npm' },
      ...{ licenses: ['(MIT OR ISC)'], details: { repository: 'git+https://example.com/r.git' } },
      occurrences: [{ path: 'app/package.json', layer: 0, introducedIn: 0, ownedBy: 'pkg-libc6' }],
    }),
    testPackage('alone'),
  ],
  relationships: [{ type: 'depends-on', from: 'pkg-core', to: 'pkg-libc6' }],
  files: [
    {
      ...{ path: 'bin/sh', layer: 0, format: 'elf', size: 7, mode: 0o755, sha256: 'b'.repeat(64) },
      details: { buildId: 'abc' },
    },
  ],
  models: [{ path: 'm/x.gguf', layer: 1, format: 'gguf', size: 9, sha256: 'c'.repeat(64), details: {} }],
  secrets: [{ path: 's', layer: 0, line: 1, rule: 'r', hash: 'h', masked: 'top…secret' }],
});

describe('toCycloneDx', () => {
  it('passes the strict validator of the standard, with everything an inventory can hold', async () => {
    expect(await faults(toCycloneDx(full))).toBeNull();
    const options = { timestamp: '2026-01-01T00:00:00Z', tool: { name: 'iar', version: '1.2.3' } };
    expect(await faults(toCycloneDx({ ...full, complete: false }, options))).toBeNull();
    expect(await faults(toCycloneDx(testInventory()))).toBeNull();
  });

  it('would not pass it with a fault in it', async () => {
    const { components: _, ...rest } = toCycloneDx(full);
    const broken = [
      { ...rest, components: [{ type: 'library' }] },
      { ...rest, components: [{ type: 'library', name: 'a', licenses: [{ license: { id: 'No-Such-Id' } }] }] },
      { ...rest, components: [{ type: 'library', name: 'a', hashes: [{ alg: 'SHA-256', content: 'x' }] }] },
      { ...rest, components: [], unknown: true },
    ];
    for (const document of broken) expect(await faults(document as unknown as CycloneDxDocument)).not.toBeNull();
  });

  it('passes it whatever an image calls its packages', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
    const address = fc.oneof(
      text,
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      text.map((end) => `https://${end}`),
    );
    const pkg = fc.record({
      name: text,
      version: text,
      licenses: fc.array(text),
      homepage: address,
      supplier: text,
      repository: address,
    });
    const packages = fc.uniqueArray(pkg, { selector: ({ name }) => name, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(packages, async (found) => {
        const inventory = testInventory({
          packages: found.map(({ repository, ...fields }) =>
            testPackage(fields.name, { ...fields, details: { repository } }),
          ),
        });
        expect(await faults(toCycloneDx(inventory))).toBeNull();
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it('passes it for an image of two layers that was really read', async () => {
    const inventory = await inventoryOf(
      [
        {
          'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
          'var/lib/dpkg/status':
            'Package: a\nStatus: install ok installed\nVersion: 1\nDepends: b\n\nPackage: b\nVersion: 2\n',
        },
        {
          'app/node_modules/x/package.json': '{"name":"x","version":"1.0.0","license":"MIT"}',
          'app/node_modules/y/package.json': '{',
        },
      ],
      defaultCatalogers,
    );
    const document = toCycloneDx(inventory);
    expect(await faults(document)).toBeNull();
    expect(document.components.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      'library a',
      'library b',
      'library x',
      'operating-system debian',
    ]);
    expect(document.compositions).toEqual([{ aggregate: 'incomplete', assemblies: [inventory.subject.digest] }]);
  });

  it('is about the image', () => {
    const { metadata } = toCycloneDx(full);
    expect(metadata.component).toMatchObject({
      ...{ type: 'container', 'bom-ref': full.subject.digest, name: 'test', version: full.subject.digest },
      hashes: [{ alg: 'SHA-256', content: '1'.repeat(64) }],
      purl: `pkg:oci/test@${full.subject.digest}?arch=amd64&repository_url=example.com%2Ftest&tag=1`,
    });
    expect(propertiesOf(metadata.component)).toMatchObject({
      'falcon-iar:image:reference': 'example.com/test:1',
      'falcon-iar:image:platform': 'linux/amd64',
      'falcon-iar:layer:1:diffId': `sha256:${'1'.repeat(64)}`,
      'aquasecurity:trivy:ImageID': full.subject.configDigest,
    });
  });

  it('describes a package with evidence, layer and source, in our words and in those that others read', () => {
    const component = componentOf(full, 'pkg-libc6');
    expect(component).toMatchObject({
      ...{ type: 'library', name: 'libc6', version: '1:2.36-9+b1', purl: 'pkg:deb/debian/libc6@1' },
      supplier: { name: 'Maintainer <m@x>' },
      hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }],
      licenses: [{ license: { id: 'LGPL-2.1' } }],
      externalReferences: [{ type: 'website', url: 'https://www.gnu.org/' }],
      evidence: {
        identity: [
          {
            field: 'purl',
            confidence: 1,
            methods: [{ technique: 'manifest-analysis', value: '/var/lib/dpkg/status' }],
          },
        ],
        occurrences: [{ location: '/var/lib/dpkg/status' }],
      },
    });
    const layer = full.layers[1];
    expect(propertiesOf(component)).toMatchObject({
      'falcon-iar:package:class': 'os',
      'falcon-iar:source:name': 'glibc',
      'falcon-iar:deb:section': 'libs',
      'falcon-iar:deb:installedSize': '1024',
      'falcon-iar:deb:essential': 'true',
      'falcon-iar:location:0:introducedIn': '0',
      'falcon-iar:location:0:layerDigest': layer?.digest,
      'falcon-iar:location:0:diffId': layer?.diffId,
      'syft:location:0:layerID': layer?.diffId,
      'aquasecurity:trivy:LayerDiffID': layer?.diffId,
      'aquasecurity:trivy:PkgID': 'libc6@1:2.36-9+b1',
      'aquasecurity:trivy:PkgType': 'debian',
      'aquasecurity:trivy:SrcName': 'glibc',
      'aquasecurity:trivy:SrcEpoch': '1',
      'aquasecurity:trivy:SrcVersion': '2.36',
      'aquasecurity:trivy:SrcRelease': '9',
    });
  });

  it('links what an OS package owns, and a package to its sources', () => {
    const component = componentOf(full, 'pkg-core');
    expect(component).toMatchObject({
      ...{ group: '@babel', name: 'core', licenses: [{ expression: '(MIT OR ISC)' }] },
      externalReferences: [{ type: 'vcs', url: 'https://example.com/r.git' }],
    });
    expect(propertiesOf(component)).toMatchObject({
      'falcon-iar:location:0:ownedBy': 'pkg-libc6',
      'aquasecurity:trivy:PkgType': 'node-pkg',
      'aquasecurity:trivy:FilePath': 'app/package.json',
    });
  });

  it.each([
    ['https://example.com/a b', 'https://example.com/a%20b'],
    ['HTTP://Example.com', 'http://example.com/'],
    ['https://exämple.com', 'https://xn--exmple-cua.com/'],
    ['example.com', undefined],
    ['javascript:alert(1)', undefined],
    ['https://', undefined],
    ['https://example.com/{x}|y', undefined],
    ['see https://example.com', undefined],
  ])('refers to the home page %j only where it is an address', (homepage, url) => {
    const component = componentOf(testInventory({ packages: [testPackage('a', { homepage })] }), 'pkg-a');
    expect(component?.externalReferences?.[0]?.url).toBe(url);
  });

  it('has the distribution, files and models as components, and no secret', () => {
    expect(componentOf(full, 'os:debian')).toMatchObject({
      ...{ type: 'operating-system', name: 'debian', version: '12', cpe: 'cpe:/o:debian:debian_linux:12' },
    });
    expect(componentOf(full, 'file:bin/sh')).toMatchObject({ type: 'file', name: '/bin/sh' });
    expect(propertiesOf(componentOf(full, 'file:bin/sh'))).toMatchObject({ 'falcon-iar:file:mode': '0755' });
    expect(componentOf(full, 'model:m/x.gguf')).toMatchObject({ type: 'machine-learning-model', name: 'x.gguf' });
    expect(JSON.stringify(toCycloneDx(full))).not.toContain('top…secret');
  });

  it('says which package needs which, and that the image needs them all', () => {
    expect(toCycloneDx(full).dependencies).toEqual([
      { ref: full.subject.digest, dependsOn: ['os:debian', 'pkg-alone', 'pkg-core', 'pkg-libc6'] },
      { ref: 'os:debian' },
      { ref: 'pkg-alone' },
      { ref: 'pkg-core', dependsOn: ['pkg-libc6'] },
      { ref: 'pkg-libc6' },
    ]);
  });

  it('marks what is only declared as not there to be called', () => {
    const declared = testPackage('a', { scope: 'declared' });
    const document = toCycloneDx(testInventory({ packages: [declared, testPackage('b')], omitted: { declared: 7 } }));
    expect(document.components.map(({ name, scope }) => [name, scope])).toEqual([
      ['a', 'optional'],
      ['b', undefined],
    ]);
    expect(document.metadata.properties).toContainEqual({ name: 'falcon-iar:omitted:declared', value: '7' });
  });

  it('names the first valid CPE, and all of them where Syft has them', () => {
    const cpes = ['none', 'cpe:2.3:a:b:c:1:*:*:*:*:*:*:*', 'cpe:2.3:a:b:d:1:*:*:*:*:*:*:*'];
    const component = componentOf(testInventory({ packages: [testPackage('a', { cpes })] }), 'pkg-a');
    expect(component?.cpe).toBe(cpes[1]);
    expect(component?.properties?.filter(({ name }) => name === 'syft:cpe23').map(({ value }) => value)).toEqual(cpes);
  });

  it('keeps the words in which a licence was stated', () => {
    const licenses = ['Expat', 'ISC', 'BSD'];
    const component = componentOf(testInventory({ packages: [testPackage('a', { licenses })] }), 'pkg-a');
    expect(component?.licenses).toMatchObject([
      { license: { id: 'MIT' } },
      { license: { id: 'ISC' } },
      { license: { name: 'BSD' } },
    ]);
    expect(propertiesOf(component)['falcon-iar:package:statedLicense']).toBe('Expat');
  });

  it('has no version longer than the standard allows', async () => {
    const version = '1'.repeat(3_000);
    const distro = { id: 'x', versionId: version, path: 'etc/os-release', layer: 0 };
    const document = toCycloneDx(testInventory({ distro, packages: [testPackage('a', { version })] }));
    expect(document.components.map((component) => component.version?.length)).toEqual([1_024, 1_024]);
    expect(await faults(document)).toBeNull();
  });

  it('names the program that made it', () => {
    const toolOf = (options: CycloneDxOptions): unknown =>
      toCycloneDx(testInventory(), options).metadata.tools.components[0];
    expect(toolOf({})).toEqual({ type: 'application', group: '@falcon-iar', name: 'sbom' });
    expect(toolOf({ tool: { name: 'iar', version: '1' } })).toEqual({
      ...{ type: 'application', name: 'iar', version: '1' },
    });
  });

  it('says what could not be read', () => {
    const problems = [{ cataloger: 'npm', path: 'a/package.json', code: 'malformed', reason: 'not JSON' }] as const;
    const document = toCycloneDx(testInventory({ problems, complete: false }));
    expect(document.metadata.properties).toEqual([
      { name: 'falcon-iar:complete', value: 'false' },
      { name: 'falcon-iar:problem', value: 'malformed npm /a/package.json: not JSON' },
    ]);
    expect(toCycloneDx(testInventory()).compositions).toBeUndefined();
  });

  it('is the same for the same image, whatever the order of packages, and has a serial number of its content', () => {
    const other = { ...full, packages: full.packages.toReversed() };
    expect(toCycloneDx(other).components).toEqual(toCycloneDx(full).components);
    const { serialNumber } = toCycloneDx(full);
    expect(serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(toCycloneDx(structuredClone(full)).serialNumber).toBe(serialNumber);
    expect(toCycloneDx(testInventory()).serialNumber).not.toBe(serialNumber);
  });
});

describe('encodeCycloneDx', () => {
  it('writes the same document in pieces', () => {
    const options: CycloneDxOptions = {
      timestamp: '2026-01-01T00:00:00Z',
      serialNumber: `urn:uuid:${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`,
    };
    const text = Array.from(encodeCycloneDx(full, options)).join('');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(toCycloneDx(full, options))));
  });
});
