// Prints one file of an image without pulling the image: layers are read from the top, and the connection is closed as
// soon as the file has been seen.
// Run it with: node read-one-file.ts [REFERENCE PATH]
import { walkLayer } from '@falcon-iar/layer-extract';
import { RegistryClient } from '@falcon-iar/oci-registry';
import { startSampleRegistry } from './sample-registry.ts';

await using sample = await startSampleRegistry();
const [reference = sample.reference, path = 'etc/os-release'] = process.argv.slice(2);
await using client = new RegistryClient();
const image = await client.resolve(reference);

search: for (const layer of image.layers.toReversed()) {
  // Markers of a layer hide what lower layers have, never what the layer itself has, in whatever order they come.
  let hidesLower = false;
  for await (const event of walkLayer(layer)) {
    if (event.kind === 'whiteout') hidesLower ||= `${path}/`.startsWith(`${event.path}/`);
    else if (event.kind === 'opaque') hidesLower ||= event.path === '' || path.startsWith(`${event.path}/`);
    else if (event.kind === 'file' && event.path === path) {
      for await (const chunk of event.content) process.stdout.write(chunk);
      break search;
    }
  }
  if (hidesLower) break;
}
