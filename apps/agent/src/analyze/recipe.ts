import { layerIndexVersion } from '@falcon-iar/layer-extract';
import { type Cataloger, layerFactsVersion } from '@falcon-iar/sbom';

/** What facts were taken with: where any of it changes, layers are read anew. */
export function recipeOf(catalogers: readonly Pick<Cataloger, 'name' | 'version'>[]): string {
  const names = catalogers.map(({ name, version }) => `${name}@${version}`).sort();
  return [`index@${layerIndexVersion}`, `facts@${layerFactsVersion}`, 'stream', ...names].join(' ');
}
