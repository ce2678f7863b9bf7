import { field, isFields, itemsOf, parseJson, textOf, token } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { parseSpdxTags } from './parse-spdx-tags.ts';
import {
  isCpe,
  maxComponents,
  maxListed,
  maxSbomFiles,
  type SbomComponent,
  type SbomDocument,
  StatedNeeds,
  sbomHash,
} from './sbom-component.ts';

/**
 * Reads an SPDX 2 document, as JSON or in tag-value form.
 *
 * @returns undefined where the text is none. Never throws.
 */
export function parseSpdx(text: string): SbomDocument | undefined {
  const document = /^\s*\{/.test(text.slice(0, 1_024)) ? parseJson(text) : parseSpdxTags(text);
  return isFields(document) ? spdxDocument(document) : undefined;
}

/** What an SPDX 2 document says, once its JSON is read. @returns undefined where it is none. Never throws. */
export function spdxDocument(document: unknown): SbomDocument | undefined {
  if (token(field(document, 'spdxVersion'))?.startsWith('SPDX-2') !== true) return undefined;
  const stated = itemsOf(field(document, 'packages'));
  const { needs, subjects } = relationships(document);
  const components = stated.slice(0, maxComponents).flatMap((entry) => componentOf(entry, needs) ?? []);
  const files = itemsOf(field(document, 'files')).slice(0, maxSbomFiles);
  return {
    ...{ format: 'SPDX', components, subjects },
    files: files.flatMap((file) => textOf(field(file, 'fileName')) ?? []),
    nameless: Math.min(stated.length, maxComponents) - components.length,
    truncated: stated.length > maxComponents,
  };
}

function componentOf(entry: unknown, needs: StatedNeeds): SbomComponent | undefined {
  const references = itemsOf(field(entry, 'externalRefs')).slice(0, maxListed);
  const located = (type: string): string[] =>
    references.flatMap((one) =>
      field(one, 'referenceType') === type ? (textOf(field(one, 'referenceLocator')) ?? []) : [],
    );
  const [ref, [purl]] = [token(field(entry, 'SPDXID')), located('purl')];
  if (ref === undefined || purl === undefined) return undefined;
  const checksums = itemsOf(field(entry, 'checksums')).slice(0, 20);
  const licenses = [field(entry, 'licenseDeclared'), field(entry, 'licenseConcluded')].flatMap(
    (license) => textOf(license) ?? [],
  );
  const license = licenses.find((text) => text !== 'NOASSERTION' && text !== 'NONE');
  return {
    ...{ ref, purl, ...withoutUndefined({ version: token(field(entry, 'versionInfo')) }) },
    licenses: license === undefined ? [] : [license],
    ...withoutUndefined({ supplier: supplierOf(entry), description: textOf(field(entry, 'description')) }),
    hashes: checksums.flatMap((sum) => sbomHash(field(sum, 'algorithm'), field(sum, 'checksumValue'))),
    cpes: located('cpe23Type').filter(isCpe),
    dependsOn: needs.of(ref),
  };
}

/** `Organization: Name (address)` is the name. */
function supplierOf(entry: unknown): string | undefined {
  const text = textOf(field(entry, 'supplier')) ?? textOf(field(entry, 'originator'));
  const [, name] = /^(?:Organization|Person|Tool): *(.*?)(?: *\([^()]*\))?$/.exec(text?.slice(0, 512) ?? '') ?? [];
  return name === '' || name === 'NOASSERTION' ? undefined : name;
}

function relationships(document: unknown): { needs: StatedNeeds; subjects: string[] } {
  const needs = new StatedNeeds();
  const subjects = itemsOf(field(document, 'documentDescribes')).flatMap((ref) => token(ref) ?? []);
  for (const entry of itemsOf(field(document, 'relationships')).slice(0, maxSbomFiles)) {
    const [from, to] = [token(field(entry, 'spdxElementId')), token(field(entry, 'relatedSpdxElement'))];
    const type = field(entry, 'relationshipType');
    if (from === undefined || to === undefined) continue;
    if (type === 'DESCRIBES') subjects.push(to);
    if (type === 'DESCRIBED_BY') subjects.push(from);
    if (type === 'DEPENDS_ON') needs.add(from, to);
    if (type === 'DEPENDENCY_OF') needs.add(to, from);
  }
  return { needs, subjects: [...new Set(subjects)] };
}
