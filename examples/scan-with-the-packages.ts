// From an image in a registry to its inventory, with nothing but the three packages: what the agent does, in short.
// Run it with: node scan-with-the-packages.ts [REFERENCE]   Without one it makes an image of its own.
import { indexLayer, mergeLayers, walkLayer } from '@falcon-iar/layer-extract';
import { RegistryClient } from '@falcon-iar/oci-registry';
import {
  analyzeLayer,
  answerNeeds,
  assembleInventory,
  defaultCatalogers,
  type NeedAnswer,
  toTable,
} from '@falcon-iar/sbom';
import { startSampleRegistry } from './sample-registry.ts';

await using sample = await startSampleRegistry();
await using client = new RegistryClient();
const image = await client.resolve(process.argv[2] ?? sample.reference);

// MAP: one pass over each layer. What it gives is small, and the same in every image that has the layer.
const catalogers = defaultCatalogers;
const layers = [];
for (const layer of image.layers) {
  const { events, index } = indexLayer(walkLayer(layer));
  const facts = await analyzeLayer(events, { catalogers });
  layers.push({ facts, index: index() });
}

// REDUCE: what of all that is visible in the image.
const view = mergeLayers(
  layers.map(({ index }) => index),
  { paths: layers.map(({ facts }) => facts.paths.map(({ path }) => path)) },
);
const facts = layers.map((layer) => layer.facts);
const answers: NeedAnswer[] = [];
let result = assembleInventory({ subject: image, view, facts, catalogers });
while (Array.isArray(result)) {
  // A file behind a link, which nobody knew to be wanted: its layer is read once more.
  const openLayer = (index: number) => indexLayer(walkLayer(image.layers[index]!)).events;
  answers.push(...(await answerNeeds(result, { catalogers, openLayer })));
  result = assembleInventory({ subject: image, view, facts, catalogers, answers });
}
process.stdout.write(toTable(result));
