import type { CycloneDxComposition, CycloneDxMetadata } from '../document.ts';
import type { CycloneDxParts } from '../document-parts.ts';
import { componentElement, dependencyElement, propertiesElement } from './component-element.ts';
import { element, emptyElement, escapeReference, listElement, textElement } from './write-element.ts';

/** Characters that are gathered before they are handed on. */
const chunkLength = 64 * 1024;

/** A document as XML in chunks of some 64 Ki characters. Each component and each dependency begins a line. */
export function* xmlChunks(document: CycloneDxParts): Iterable<string> {
  let text = '';
  for (const line of xmlLines(document)) {
    text += `${line}\n`;
    if (text.length < chunkLength) continue;
    yield text;
    text = '';
  }
  yield text;
}

function* xmlLines(document: CycloneDxParts): Iterable<string> {
  const { specVersion, serialNumber, version } = document;
  yield '<?xml version="1.0" encoding="UTF-8"?>';
  yield `<bom xmlns="http://cyclonedx.org/schema/bom/${specVersion}" serialNumber="${serialNumber}" version="${version}">`;
  yield metadataElement(document.metadata);
  yield '<components>';
  for (const component of document.components) yield componentElement(component);
  yield '</components>';
  yield '<dependencies>';
  for (const { ref, dependsOn } of document.dependencies) yield dependencyElement(ref, dependsOn);
  yield '</dependencies>';
  if (document.compositions !== undefined) yield compositionsElement(document.compositions);
  yield '</bom>';
}

function metadataElement({ timestamp, tools, component, properties }: CycloneDxMetadata): string {
  return element(
    'metadata',
    textElement('timestamp', timestamp) +
      element('tools', listElement('components', tools.components, componentElement)) +
      componentElement(component) +
      propertiesElement(properties),
  );
}

function compositionsElement(compositions: readonly CycloneDxComposition[]): string {
  return listElement('compositions', compositions, ({ aggregate, assemblies }) =>
    element(
      'composition',
      textElement('aggregate', aggregate) +
        listElement('assemblies', assemblies, (ref) => emptyElement('assembly', { ref: escapeReference(ref) })),
    ),
  );
}
