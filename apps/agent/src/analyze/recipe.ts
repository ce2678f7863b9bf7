import { layerIndexVersion } from '@falcon-iar/layer-extract';
import { type Cataloger, layerFactsVersion } from '@falcon-iar/sbom';
import type { SeekableMode } from '../inventory/seekable-mode.ts';

/** What facts were taken with: where any of it changes, layers are read anew. */
export function recipeOf(
  catalogers: readonly Pick<Cataloger, 'name' | 'version'>[],
  seekable: SeekableMode = 'off',
): string {
  const from = seekable === 'off' ? 'stream' : `toc-${seekable}`;
  const names = catalogers.map(({ name, version }) => `${name}@${version}`).sort();
  return [`index@${layerIndexVersion}`, `facts@${layerFactsVersion}`, from, ...names].join(' ');
}
