import { field, isFields, itemsOf, parseJson, textOf, token } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { parseCycloneDxXml } from './parse-cyclonedx-xml.ts';
import {
  isCpe,
  maxComponents,
  maxListed,
  type SbomComponent,
  type SbomDocument,
  StatedNeeds,
  sbomHash,
} from './sbom-component.ts';

/** Components inside each other. */
const maxDepth = 50;

/**
 * Reads a CycloneDX document, as JSON or XML.
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseCycloneDx(text: string): SbomDocument | undefined {
  const document = /^\s*</.test(text.slice(0, 1_024)) ? parseCycloneDxXml(text) : parseJson(text);
  return cycloneDxDocument(document);
}

/** What a CycloneDX document says, once its JSON is read. @returns undefined where it is none. Never throws. */
export function cycloneDxDocument(document: unknown): SbomDocument | undefined {
  if (!isFields(document) || field(document, 'bomFormat') !== 'CycloneDX') return undefined;
  const main = field(field(document, 'metadata'), 'component');
  const all: unknown[] = [];
  if (isFields(main)) gather([main], all, 0);
  const mains = all.length;
  gather(itemsOf(field(document, 'components')), all, 0);
  const needs = dependencies(document);
  const taken = all.slice(0, maxComponents);
  const components = taken.flatMap((entry, index) => componentOf(entry, `#${index}`, needs) ?? []);
  return {
    ...{ format: 'CycloneDX', components, files: [], nameless: taken.length - components.length },
    subjects: mains === 0 ? [] : [refOf(main, '#0')],
    truncated: all.length > maxComponents,
  };
}

function gather(entries: readonly unknown[], all: unknown[], depth: number): void {
  for (const entry of entries) {
    // One more than are taken, so that it is known that there are more.
    if (all.length > maxComponents) return;
    all.push(entry);
    if (depth < maxDepth) gather(itemsOf(field(entry, 'components')), all, depth + 1);
  }
}

function refOf(entry: unknown, place: string): string {
  return token(field(entry, 'bom-ref')) ?? place;
}

function componentOf(entry: unknown, place: string, needs: StatedNeeds): SbomComponent | undefined {
  const purl = token(field(entry, 'purl'));
  if (purl === undefined) return undefined;
  const ref = refOf(entry, place);
  const supplier = field(entry, 'supplier');
  const stated = {
    version: token(field(entry, 'version')),
    supplier: textOf(field(supplier, 'name')) ?? textOf(field(entry, 'publisher')) ?? textOf(field(entry, 'author')),
    description: textOf(field(entry, 'description')),
  };
  return {
    ...{ ref, purl, ...withoutUndefined(stated) },
    licenses: itemsOf(field(entry, 'licenses')).slice(0, maxListed).flatMap(licenseOf),
    hashes: itemsOf(field(entry, 'hashes'))
      .slice(0, 20)
      .flatMap((sum) => sbomHash(field(sum, 'alg'), field(sum, 'content'))),
    cpes: [token(field(entry, 'cpe')) ?? ''].filter(isCpe),
    dependsOn: needs.of(ref),
  };
}

function licenseOf(choice: unknown): string[] {
  const license = field(choice, 'license');
  const text = textOf(field(choice, 'expression')) ?? textOf(field(license, 'id')) ?? textOf(field(license, 'name'));
  return text === undefined ? [] : [text];
}

function dependencies(document: unknown): StatedNeeds {
  const needs = new StatedNeeds();
  for (const entry of itemsOf(field(document, 'dependencies')).slice(0, maxComponents)) {
    const ref = token(field(entry, 'ref'));
    if (ref === undefined) continue;
    for (const other of itemsOf(field(entry, 'dependsOn')).slice(0, maxListed)) {
      if (typeof other === 'string') needs.add(ref, other);
    }
  }
  return needs;
}
