import { createByteBudget, defaultCatalogers } from '@falcon-iar/sbom';
import { beforeEach, describe, expect, it } from 'vitest';
import { type InventoryImageOptions, inventoryImage } from './inventory-image.ts';
import { layerWith, memoryImage } from './scannable-image.test-support.ts';
import { createLayerMemory, createSharedLayers } from './shared-layers.ts';

const release = 'ID=debian\nVERSION_ID="12"\n';
let options: InventoryImageOptions;
beforeEach(() => {
  options = {
    ...{ catalogers: defaultCatalogers, budget: createByteBudget(1024 * 1024), layersAtOnce: 2 },
    layers: createSharedLayers(createLayerMemory()),
    signal: new AbortController().signal,
  };
});

describe('inventoryImage', () => {
  it('joins the layers: what a higher one says counts', async () => {
    const image = await memoryImage({
      layers: [layerWith('etc/os-release', release), layerWith('etc/os-release', release.replace('12', '13'))],
    });
    const inventory = await inventoryImage(image, options);
    expect(inventory).toMatchObject({ complete: true, distro: { id: 'debian', versionId: '13' } });
    expect(inventory.subject.digest).toBe(image.digest);
  });

  it('reads a layer once more for what a link leads to that nobody had looked for', async () => {
    const link = { path: 'etc/os-release', type: 'symlink', target: '../opt/vendor' } as const;
    const image = await memoryImage({ layers: [layerWith('opt/vendor', release), { entries: [link] }] });
    const inventory = await inventoryImage(image, options);
    expect(inventory.distro).toMatchObject({ id: 'debian' });
    const [below, above] = image.layers.map(({ digest }) => image.opened.filter((one) => one === digest).length);
    expect([below, above]).toEqual([2, 1]);
  });

  it('does without whoever wants to know of layers and progress, and tells who does', async () => {
    const told: number[] = [];
    let bytes = 0;
    const image = await memoryImage({ layers: [layerWith('etc/a')] });
    await inventoryImage(image, {
      ...options,
      onLayer: (layer) => told.push(layer.bytes),
      onProgress: (length) => {
        bytes += length;
      },
    });
    expect([told, bytes]).toEqual([[image.layers[0]!.size], image.layers[0]!.size]);
  });
});
