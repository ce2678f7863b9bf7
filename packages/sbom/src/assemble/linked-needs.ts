import { createSelector } from '../analyze/selector.ts';
import type { Cataloger } from '../catalog/cataloger.ts';
import type { FileLocation, FileView } from '../catalog/file-view.ts';
import type { Need } from '../catalog/finding.ts';
import { selectsPath } from '../catalog/path-selection.ts';
import type { FactsIndex } from './cataloger-view.ts';

/** The links that each cataloger would have read, had they been files: one look at each link for all catalogers. */
export function wantedLinks(catalogers: readonly Cataloger[], view: FileView): ReadonlyMap<string, readonly string[]> {
  const selector = createSelector(catalogers);
  const wanted = new Map<string, string[]>();
  for (const { path } of view.links()) {
    for (const { name } of selector.byPath(path, 'file')) {
      const paths = wanted.get(name);
      if (paths === undefined) wanted.set(name, [path]);
      else paths.push(path);
    }
  }
  return wanted;
}

/**
 * The needs that follow from links alone: a link at a path the cataloger would have read, or a known path that only
 * exists through a linked directory, whose content the pass did not select because it lies under another name.
 *
 * @param links - Paths of links that the cataloger would have read.
 */
export function* linkedNeeds(cataloger: Cataloger, links: readonly string[], index: FactsIndex): Iterable<Need> {
  const { known = [] } = cataloger.select;
  const hidden = known.filter((path) => index.view.layerOf(path) === undefined);
  for (const wantedAs of new Set([...links, ...hidden])) {
    const content = unreadContent(wantedAs, cataloger, index);
    if (content !== undefined) yield { kind: 'need', files: [content], wantedAs };
  }
}

function unreadContent(path: string, { name, select }: Cataloger, index: FactsIndex): FileLocation | undefined {
  const layer = index.view.layerOf(path);
  if (layer !== undefined && index.at({ path, layer }, name) !== undefined) return undefined;
  const content = index.view.resolve(path);
  // Leading nowhere or to a directory, or to a file the cataloger was shown under its own name: nothing is missing.
  if (content === undefined || content.directory || selectsPath(select, content.path, 'file')) return undefined;
  // Its first bytes selected it under its own name.
  if (index.at(content, name) !== undefined) return undefined;
  return { path: content.path, layer: content.layer };
}
