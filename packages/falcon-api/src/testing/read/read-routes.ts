import type { DoubleRoute } from '../double-route.ts';
import type { StoredInventories } from '../stored-inventories.ts';
import { baseImageRoutes } from './base-image-routes.ts';
import { containerRoutes } from './container-routes.ts';
import { detectionRoutes } from './detection-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { ImageBook } from './image-facts.ts';
import { imageRoutes } from './image-routes.ts';
import { packageRoutes } from './package-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import type { ReadSideOptions } from './read-options.ts';
import type { ReadParts } from './read-parts.ts';
import { registryRoutes } from './registry-routes.ts';
import { reportRoutes } from './report-routes.ts';
import { vulnerabilityRoutes } from './vulnerability-routes.ts';

/**
 * The read side of the double, over what was uploaded to it. Lists and their refusals go by the published interface: an
 * unknown name in a query, a filter field the list does not have, a page or offset out of bounds are all answered 400.
 */
export function readRoutes(inventories: StoredInventories, options: ReadSideOptions): readonly DoubleRoute[] {
  const parts: ReadParts = { images: new ImageBook(inventories, options), options };
  const lists = [
    ...imageRoutes(parts),
    ...packageRoutes(parts),
    ...vulnerabilityRoutes(parts),
    ...detectionRoutes(parts),
    ...containerRoutes(parts),
  ];
  return [
    ...lists,
    ...reportRoutes(parts),
    ...policyRoutes(parts),
    ...baseImageRoutes(parts),
    ...registryRoutes(parts),
    ...exportRoutes(lists),
  ];
}
