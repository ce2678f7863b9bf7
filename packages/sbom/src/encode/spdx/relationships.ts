import type { Inventory } from '../../model/inventory.ts';
import { comparePaths } from '../../model/order.ts';
import type { SpdxRelationship } from './document.ts';
import { distroId, documentId, imageId } from './element-id.ts';
import { fileElementId, modelElementId } from './installed-package.ts';

/**
 * How the elements of a document belong together: the document describes the image; the image contains what is installed
 * in it; an OS package contains the files and packages that its file list names; packages depend on packages.
 *
 * @param ids - the packages' SPDX ids by their ids
 */
export function* spdxRelationships(inventory: Inventory, ids: ReadonlyMap<string, string>): Iterable<SpdxRelationship> {
  yield relationship(documentId, 'DESCRIBES', imageId);
  if (inventory.distro !== undefined) yield relationship(imageId, 'CONTAINS', distroId);
  yield* sorted(ofPackages(inventory, ids));
  yield* sorted(ofFiles(inventory, ids));
  yield* sorted(dependencies(inventory, ids));
}

function* ofPackages({ packages }: Inventory, ids: ReadonlyMap<string, string>): Iterable<SpdxRelationship> {
  for (const pkg of packages) {
    const id = ids.get(pkg.id) ?? '';
    if (pkg.scope === 'installed') yield relationship(imageId, 'CONTAINS', id);
    else {
      const comment = 'A lock file or manifest in the image names the package; nothing shows that it is installed.';
      yield { ...relationship(imageId, 'OTHER', id), comment };
    }
    const owners = new Set(pkg.occurrences.flatMap(({ ownedBy }) => (ownedBy && ids.get(ownedBy)) ?? []));
    for (const owner of owners) if (owner !== id) yield relationship(owner, 'CONTAINS', id);
  }
}

function* ofFiles({ files, models }: Inventory, ids: ReadonlyMap<string, string>): Iterable<SpdxRelationship> {
  for (const file of files) {
    const owner = file.ownedBy === undefined ? undefined : ids.get(file.ownedBy);
    yield relationship(owner ?? imageId, 'CONTAINS', fileElementId(file));
  }
  for (const model of models) yield relationship(imageId, 'CONTAINS', modelElementId(model));
}

function* dependencies({ relationships }: Inventory, ids: ReadonlyMap<string, string>): Iterable<SpdxRelationship> {
  const seen = new Set<string>();
  for (const { from, to } of relationships) {
    const [dependent, needed] = [ids.get(from), ids.get(to)];
    if (dependent === undefined || needed === undefined || seen.has(`${from}\0${to}`)) continue;
    seen.add(`${from}\0${to}`);
    yield relationship(dependent, 'DEPENDS_ON', needed);
  }
}

function relationship(from: string, type: SpdxRelationship['relationshipType'], to: string): SpdxRelationship {
  return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to };
}

function sorted(relationships: Iterable<SpdxRelationship>): SpdxRelationship[] {
  return Array.from(relationships).sort(
    (a, b) =>
      comparePaths(a.spdxElementId, b.spdxElementId) || comparePaths(a.relatedSpdxElement, b.relatedSpdxElement),
  );
}
