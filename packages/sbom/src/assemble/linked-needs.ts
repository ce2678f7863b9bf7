import type { Cataloger } from '../catalog/cataloger.ts';
import type { FileLocation } from '../catalog/file-view.ts';
import type { Need } from '../catalog/finding.ts';
import { selectsPath } from '../catalog/path-selection.ts';
import type { FactsIndex } from './cataloger-view.ts';

/**
 * The needs that follow from links alone: a link at a path the cataloger would have read, or a known path that only
 * exists through a linked directory, whose content the pass did not select because it lies under another name.
 */
export function* linkedNeeds(cataloger: Cataloger, index: FactsIndex): Iterable<Need> {
  const { known = [] } = cataloger.select;
  const seen = new Set<string>();
  const need = (wantedAs: string): Need | undefined => {
    if (seen.has(wantedAs)) return undefined;
    seen.add(wantedAs);
    const content = unreadContent(wantedAs, cataloger, index);
    return content && { kind: 'need', files: [content], wantedAs };
  };
  for (const link of index.view.links()) {
    const found = selectsPath(cataloger.select, link.path, 'file') ? need(link.path) : undefined;
    if (found) yield found;
  }
  for (const path of known) {
    const found = index.view.layerOf(path) === undefined ? need(path) : undefined;
    if (found) yield found;
  }
}

function unreadContent(path: string, { name, select }: Cataloger, index: FactsIndex): FileLocation | undefined {
  const layer = index.view.layerOf(path);
  if (layer !== undefined && index.at({ path, layer }, name) !== undefined) return undefined;
  const content = index.view.resolve(path);
  // Leading nowhere or to a directory, or to a file the cataloger was shown under its own name: nothing is missing.
  if (content === undefined || content.directory || selectsPath(select, content.path, 'file')) return undefined;
  return { path: content.path, layer: content.layer };
}
