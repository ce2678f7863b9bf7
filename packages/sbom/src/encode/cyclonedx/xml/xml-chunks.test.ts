import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { fullInventory, testInventory, testPackage } from '../../inventory.test-support.ts';
import { encodeCycloneDxXml, toCycloneDx } from '../to-cyclonedx.ts';

interface ReadElement {
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** The elements of a document in order, read by a strict parser. */
function elementsOf(xml: string): ReadElement[] {
  const parser = new SaxesParser();
  const found: ReadElement[] = [];
  const open: ReadElement[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const parent = open.at(-1)?.path;
    const element = { path: parent === undefined ? name : `${parent}/${name}`, attributes, text: '' };
    found.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return found;
}

const xmlOf = (...[inventory, options]: Parameters<typeof encodeCycloneDxXml>): string =>
  Array.from(encodeCycloneDxXml(inventory, options)).join('');

describe('encodeCycloneDxXml', () => {
  it('says what the JSON form says', () => {
    const options = { timestamp: '2026-01-01T00:00:00Z', tool: { name: 'iar', version: '1' } };
    const document = toCycloneDx(fullInventory, options);
    const elements = elementsOf(xmlOf(fullInventory, options));
    const at = (path: string): ReadElement[] => elements.filter((element) => element.path === `bom/${path}`);
    const texts = (path: string): string[] => at(path).map(({ text }) => text);
    expect(elements[0]?.attributes).toMatchObject({ serialNumber: document.serialNumber, version: '1' });
    expect(texts('metadata/timestamp')).toEqual([options.timestamp]);
    expect(texts('metadata/tools/components/component/name')).toEqual(['iar']);
    expect(at('metadata/component')[0]?.attributes).toEqual({
      type: 'container',
      'bom-ref': document.metadata.component['bom-ref'],
    });
    const { components } = document;
    expect(at('components/component').map(({ attributes }) => attributes['bom-ref'])).toEqual(
      components.map((component) => component['bom-ref']),
    );
    expect(texts('components/component/name')).toEqual(components.map(({ name }) => name));
    expect(texts('components/component/scope')).toEqual(['optional']);
    expect(texts('components/component/cpe')).toEqual(components.flatMap(({ cpe }) => cpe ?? []));
    expect(texts('components/component/purl')).toEqual(components.flatMap(({ purl }) => purl ?? []));
    expect(texts('components/component/hashes/hash')).toHaveLength(
      components.flatMap(({ hashes = [] }) => hashes).length,
    );
    expect(texts('components/component/licenses/license/name')).toEqual(['BSD', 'GPL-2.0-or-later OR MIT']);
    expect(texts('components/component/licenses/expression')).toEqual(['(MIT OR ISC) AND LicenseRef-Own']);
    expect(
      at('components/component/properties/property').map(({ attributes, text }) => [attributes.name, text]),
    ).toEqual(components.flatMap(({ properties = [] }) => properties.map(({ name, value }) => [name, value])));
    expect(texts('components/component/evidence/occurrences/occurrence/location')).toEqual(
      components.flatMap(({ evidence }) => evidence?.occurrences?.map(({ location }) => location) ?? []),
    );
    expect(at('dependencies/dependency').map(({ attributes }) => attributes.ref)).toEqual(
      document.dependencies.map(({ ref }) => ref),
    );
    expect(at('dependencies/dependency/dependency')).toHaveLength(
      document.dependencies.flatMap(({ dependsOn = [] }) => dependsOn).length,
    );
    expect(texts('compositions/composition/aggregate')).toEqual(['incomplete']);
  });

  it('can be read whatever an image calls its packages', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, text, (name, description) => {
        const pkg = testPackage('a', { id: name, name, description, details: { [name]: description } });
        expect(elementsOf(xmlOf(testInventory({ packages: [pkg] }))).length).toBeGreaterThan(20);
      }),
    );
  }, 60_000);

  it('writes what XML cannot hold so that different references stay different', () => {
    const [file] = fullInventory.files;
    if (file === undefined) throw new Error('no file');
    const paths = [
      'bin/\u0001',
      'bin/\u0002',
      'bin/\\u{1}',
      'bin/\\u{1}\u0001',
      'bin/a\tb\nc<&>"',
      'bin/c:\\d',
      'bin/\ud800',
    ];
    const files = paths.map((path) => ({ ...file, path }));
    const elements = elementsOf(xmlOf(testInventory({ files })));
    const refs = elements.flatMap(({ path, attributes }) =>
      path === 'bom/components/component' ? [attributes['bom-ref']] : [],
    );
    expect(refs).toEqual([
      'file:bin/\\u{1}',
      'file:bin/\\u{2}',
      'file:bin/\\u{5c}u{1}',
      'file:bin/\\u{5c}u{1}\\u{1}',
      'file:bin/a\tb\nc<&>"',
      'file:bin/c:\\d',
      'file:bin/\\u{d800}',
    ]);
  });

  it('gives a large document in pieces', () => {
    const packages = Array.from({ length: 1_000 }, (_, index) => testPackage(`p${index}`));
    const chunks = Array.from(encodeCycloneDxXml(testInventory({ packages })));
    expect(chunks.length).toBeGreaterThan(5);
  });
});
