import { createReadStream } from 'node:fs';
import { indexLayer, type LayerIndex, mergeLayers, walkLayer } from '@falcon-iar/layer-extract';
import { analyzeLayer } from '../../packages/sbom/src/analyze/analyze-layer.ts';
import type { LayerFacts } from '../../packages/sbom/src/analyze/layer-facts.ts';
import { answerNeeds, type NeedAnswer } from '../../packages/sbom/src/assemble/answer-needs.ts';
import { assembleInventory } from '../../packages/sbom/src/assemble/assemble-inventory.ts';
import { subjectFor } from '../../packages/sbom/src/assemble/image.test-support.ts';
import type { Cataloger } from '../../packages/sbom/src/catalog/cataloger.ts';
import type { Inventory } from '../../packages/sbom/src/model/inventory.ts';
import { blobOf, type ImageManifest, layoutImage, readDocument } from './layout-image.ts';

/** What catalogers make of the only image of a layout: each layer is read once, and again for what lies behind links. */
export async function layoutInventory(layout: string, catalogers: readonly Cataloger[]): Promise<Inventory> {
  const { manifestDigest } = await layoutImage(layout);
  const { layers } = await readDocument<ImageManifest>(layout, manifestDigest);
  const openLayer = (number: number) => {
    const { mediaType, digest } = layers[number] ?? { mediaType: '', digest: '' };
    return indexLayer(walkLayer({ mediaType, open: () => createReadStream(blobOf(layout, digest)) }));
  };
  const facts: LayerFacts[] = [];
  const indexes: LayerIndex[] = [];
  for (const number of layers.keys()) {
    const { events, index } = openLayer(number);
    facts.push(await analyzeLayer(events, { catalogers }));
    indexes.push(index());
  }
  const view = mergeLayers(indexes, { paths: facts.map(({ paths }) => paths.map(({ path }) => path)) });
  const subject = subjectFor(layers.map(() => ({})));
  const answers: NeedAnswer[] = [];
  for (let round = 0; round < 4; round += 1) {
    const result = assembleInventory({ subject, view, facts, catalogers, answers });
    if (!Array.isArray(result)) return result;
    answers.push(...(await answerNeeds(result, { catalogers, openLayer: (number) => openLayer(number).events })));
  }
  throw new Error(`${layout}: needs without end`);
}
