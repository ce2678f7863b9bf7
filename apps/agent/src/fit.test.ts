import type { InventoryInput } from '@falcon-iar/falcon-api';
import type { PullSecret as FoundSecret } from '@falcon-iar/k8s-watcher';
import type { FileEvent, LayerBlob, FileView as MergedView, StoredLayer } from '@falcon-iar/layer-extract';
import type { ArchiveStream, Image, ImageLayer, PullSecret } from '@falcon-iar/oci-registry';
import type { Image as RuntimeImage } from '@falcon-iar/runtime-socket';
import type { FileView, ImageSubject, Inventory, LayerEvent } from '@falcon-iar/sbom';
import { describe, expectTypeOf, it } from 'vitest';
import type { PassingArchive } from './inventory/read-passing-layers.ts';
import type { RangedContent, ScannableImage } from './inventory/scannable-image.ts';

// The packages do not import each other. That one's output is the next one's input is checked here, by the compiler.
describe('the packages fit', () => {
  it('an image, from wherever, is what is scanned and what an inventory describes', () => {
    expectTypeOf<Image>().toExtend<ScannableImage>();
    expectTypeOf<RuntimeImage>().toExtend<ScannableImage>();
    expectTypeOf<ScannableImage>().toExtend<ImageSubject>();
  });

  it('a layer of an image is a blob that can be walked', () => {
    expectTypeOf<ImageLayer>().toExtend<LayerBlob>();
    expectTypeOf<StoredLayer>().toExtend<LayerBlob>();
  });

  it('a layer of which parts can be read is read by its table of contents', () => {
    expectTypeOf<ImageLayer>().toExtend<Required<RangedContent>>();
  });

  it('an archive on a stream is read as it passes', () => {
    expectTypeOf<ArchiveStream>().toExtend<PassingArchive>();
  });

  it('the events of a walk are what catalogers are fed with', () => {
    expectTypeOf<FileEvent>().toExtend<LayerEvent>();
  });

  it('the merged view is what the reduce step asks', () => {
    expectTypeOf<MergedView>().toExtend<FileView>();
  });

  it('a pull secret of the cluster is what opens registries', () => {
    expectTypeOf<FoundSecret>().toExtend<PullSecret>();
  });

  it('an inventory is what the Falcon upload is made from', () => {
    expectTypeOf<Inventory>().toExtend<InventoryInput>();
  });
});
