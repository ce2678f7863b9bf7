import type {
  CycloneDxComponent,
  CycloneDxEvidence,
  CycloneDxLicense,
  CycloneDxLicenseExpression,
  CycloneDxProperty,
} from '../document.ts';
import { element, emptyElement, escapeReference, listElement, textElement } from './write-element.ts';

/** A component; the schema wants its parts in this order. */
export function componentElement(component: CycloneDxComponent): string {
  const { type, supplier, hashes, licenses, externalReferences, evidence } = component;
  const ref = component['bom-ref'];
  const content =
    element('supplier', supplier && textElement('name', supplier.name)) +
    textElement('group', component.group) +
    textElement('name', component.name) +
    textElement('version', component.version) +
    textElement('description', component.description) +
    textElement('scope', component.scope) +
    listElement('hashes', hashes, ({ alg, content: hex }) => textElement('hash', hex, { alg })) +
    listElement<CycloneDxLicense | CycloneDxLicenseExpression>('licenses', licenses, licenseElement) +
    textElement('cpe', component.cpe) +
    textElement('purl', component.purl) +
    listElement('externalReferences', externalReferences, (reference) =>
      element('reference', textElement('url', reference.url), { type: reference.type }),
    ) +
    propertiesElement(component.properties) +
    (evidence === undefined ? '' : evidenceElement(evidence));
  return element('component', content, { type, 'bom-ref': ref && escapeReference(ref) });
}

/** A list of properties, or nothing where there are none. */
export function propertiesElement(properties: readonly CycloneDxProperty[] | undefined): string {
  return listElement('properties', properties, ({ name, value }) => textElement('property', value, { name }));
}

function licenseElement(entry: CycloneDxLicense | CycloneDxLicenseExpression): string {
  if ('expression' in entry) {
    return textElement('expression', entry.expression, { acknowledgement: entry.acknowledgement });
  }
  const { id, name, acknowledgement } = entry.license;
  return element('license', textElement('id', id) + textElement('name', name), { acknowledgement });
}

function evidenceElement({ identity = [], occurrences }: CycloneDxEvidence): string {
  const identities = identity.map(({ field, confidence, methods }) => {
    const written = methods.map((method) =>
      element(
        'method',
        textElement('technique', method.technique) +
          textElement('confidence', String(method.confidence)) +
          textElement('value', method.value),
      ),
    );
    return element(
      'identity',
      textElement('field', field) +
        textElement('confidence', String(confidence)) +
        (written.length === 0 ? '' : element('methods', written.join(''))),
    );
  });
  const places = listElement('occurrences', occurrences, ({ location }) =>
    element('occurrence', textElement('location', location)),
  );
  return element('evidence', identities.join('') + places);
}

/** What one component needs. */
export function dependencyElement(ref: string, dependsOn: readonly string[] = []): string {
  const needed = dependsOn.map((target) => emptyElement('dependency', { ref: escapeReference(target) }));
  return element('dependency', needed.join(''), { ref: escapeReference(ref) });
}
