import { field, isFields, itemsOf, textOf, token } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';
import {
  isCpe,
  maxComponents,
  maxListed,
  type SbomComponent,
  type SbomDocument,
  StatedNeeds,
} from './sbom-component.ts';

/** What a document in Syft's own JSON form says, once its JSON is read. @returns undefined where it is none. Never throws. */
export function syftDocument(document: unknown): SbomDocument | undefined {
  const schema = textOf(field(field(document, 'schema'), 'url'));
  if (!isFields(document) || schema?.includes('/syft/') !== true) return undefined;
  const stated = itemsOf(field(document, 'artifacts'));
  const needs = new StatedNeeds();
  for (const entry of itemsOf(field(document, 'artifactRelationships')).slice(0, maxComponents * 10)) {
    const [parent, child] = [token(field(entry, 'parent')), token(field(entry, 'child'))];
    if (parent === undefined || child === undefined || field(entry, 'type') !== 'dependency-of') continue;
    needs.add(child, parent);
  }
  const taken = stated.slice(0, maxComponents);
  const components = taken.flatMap((entry) => componentOf(entry, needs) ?? []);
  return {
    ...{ format: 'Syft', components, subjects: [], files: [], nameless: taken.length - components.length },
    truncated: stated.length > maxComponents,
  };
}

function componentOf(entry: unknown, needs: StatedNeeds): SbomComponent | undefined {
  const [ref, purl] = [token(field(entry, 'id')), token(field(entry, 'purl'))];
  if (ref === undefined || purl === undefined) return undefined;
  const licenses = itemsOf(field(entry, 'licenses')).slice(0, maxListed);
  const cpes = itemsOf(field(entry, 'cpes')).slice(0, maxListed);
  return {
    ...{ ref, purl, ...withoutUndefined({ version: token(field(entry, 'version')) }) },
    licenses: licenses.flatMap(
      (one) => textOf(field(one, 'spdxExpression')) ?? textOf(field(one, 'value')) ?? textOf(one) ?? [],
    ),
    hashes: [],
    cpes: cpes.flatMap((one) => token(one) ?? token(field(one, 'cpe')) ?? []).filter(isCpe),
    dependsOn: needs.of(ref),
  };
}
