import { createByteBudget, defaultCatalogers } from '@falcon-iar/sbom';
import { beforeEach, describe, expect, it } from 'vitest';
import { LayerError } from './layer-error.ts';
import { type ReadLayersOptions, readLayers } from './read-layers.ts';
import { exportedImage, layerWith, memoryImage } from './scannable-image.test-support.ts';
import { createLayerMemory, createSharedLayers, type LayerMemory } from './shared-layers.ts';

const [base, middle, top] = [layerWith('etc/base'), layerWith('etc/middle'), layerWith('etc/top')];
let memory: LayerMemory;
let told: { wasRead: boolean; bytes: number }[];
let progress: number;
let options: ReadLayersOptions;
beforeEach(() => {
  memory = createLayerMemory();
  told = [];
  progress = 0;
  options = {
    analyze: { catalogers: defaultCatalogers, budget: createByteBudget(1024 * 1024) },
    layers: createSharedLayers(memory),
    layersAtOnce: 2,
    onProgress: (bytes) => {
      progress += bytes;
    },
    onLayer: (layer) => told.push(layer),
    signal: new AbortController().signal,
  };
});

describe('readLayers', () => {
  it('reads each distinct layer once and gives the records in the order of the layers', async () => {
    const image = await memoryImage({ layers: [base, middle, base, top] });
    const { records, subject } = await readLayers(image, options);
    expect(image.opened.toSorted()).toEqual([...new Set(image.layers.map(({ digest }) => digest))].toSorted());
    expect(records[0]).toBe(records[2]);
    expect(records.map(({ size }) => size)).toEqual(image.layers.map(({ size }) => size));
    expect(records.map((_, index) => records.indexOf(records[index]!))).toEqual([0, 1, 0, 3]);
    expect(subject).toBe(image);
    expect(told.map(({ wasRead }) => wasRead)).toEqual([true, true, true]);
    expect(progress).toBe(told.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it('opens only what no image before had', async () => {
    const first = await memoryImage({ layers: [base, middle] });
    const second = await memoryImage({ layers: [base, top] });
    await readLayers(first, options);
    told.length = 0;
    await readLayers(second, options);
    expect(second.opened).toEqual([second.layers[1]!.digest]);
    expect(told.map(({ wasRead }) => wasRead).toSorted()).toEqual([false, true]);
  });

  it('reads a layer once for two images at the same time', async () => {
    const [first, second] = [await memoryImage({ layers: [base, middle] }), await memoryImage({ layers: [base, top] })];
    await Promise.all([readLayers(first, options), readLayers(second, options)]);
    expect([...first.opened, ...second.opened].filter((digest) => digest === first.layers[0]!.digest)).toHaveLength(1);
  });

  it('stops the other layers when one fails, and says which layer it was', async () => {
    let stopped: unknown;
    const broken = { tar: Buffer.alloc(1024, 'x'), compression: 'none' as const };
    const image = await memoryImage({ layers: [base, broken] }, async (digest, signal) => {
      if (digest === image.layers[1]!.digest) return;
      await new Promise((resolve) => signal!.addEventListener('abort', resolve));
      stopped = signal!.reason;
      signal!.throwIfAborted();
    });
    const failure: unknown = await readLayers(image, options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LayerError);
    expect((failure as Error).message).toContain(`layer 1, ${image.layers[1]!.digest}`);
    expect(stopped).toBe(failure);
  });

  it('rejects with the reason of its signal', async () => {
    const controller = new AbortController();
    const image = await memoryImage({ layers: [base] }, () => controller.abort('SIGTERM'));
    await expect(readLayers(image, { ...options, signal: controller.signal })).rejects.toBe('SIGTERM');
  });
});

describe('readLayers of an image that a runtime exports', () => {
  it('asks for one export of what is missing, and for the config', async () => {
    const first = await exportedImage({ layers: [base, middle] });
    const second = await exportedImage({ layers: [base, top, top] });
    const read = await readLayers(first, options);
    expect(first.exports).toEqual([{ wanted: first.layers.map(({ digest }) => digest), wantsConfig: true }]);
    expect(read.subject.config).toHaveProperty('rootfs');
    told.length = 0;
    const { records } = await readLayers(second, options);
    expect(second.exports).toEqual([{ wanted: [second.layers[1]!.digest], wantsConfig: true }]);
    expect(told).toEqual([
      { wasRead: false, bytes: read.records[0]!.size },
      { wasRead: true, bytes: records[1]!.size },
    ]);
    expect(records[1]).toBe(records[2]);
  });

  it('exports nothing when all layers are known, whatever the config', async () => {
    const image = await exportedImage({ layers: [base, middle] });
    const other = await exportedImage({ layers: [base, middle], config: { author: 'somebody else' } });
    await readLayers(image, options);
    const { subject } = await readLayers(other, options);
    expect(other.exports).toEqual([]);
    // The original is only known by its own digest.
    expect(subject.config).toBe(other.config);
    const again = await readLayers(await exportedImage({ layers: [base, middle] }), options);
    expect(again.subject.config).toHaveProperty('rootfs');
  });

  it('does not ask again for a config that is known', async () => {
    const image = await exportedImage({ layers: [base, middle] });
    memory.putConfig(image.configDigest, { author: 'known' });
    const { subject } = await readLayers(image, options);
    expect(image.exports.map(({ wantsConfig }) => wantsConfig)).toEqual([false]);
    expect(subject.config).toEqual({ author: 'known' });
  });

  it('tells the size of layers as they were read, not as the runtime guesses it', async () => {
    const image = await exportedImage({ layers: [base] });
    const guessing = { ...image, layers: image.layers.map((layer) => ({ ...layer, size: 0 })) };
    const { subject } = await readLayers(guessing, options);
    expect(subject.layers).toEqual([
      {
        digest: image.layers[0]!.digest,
        diffId: image.layers[0]!.digest,
        mediaType: image.layers[0]!.mediaType,
        size: image.layers[0]!.size,
      },
    ]);
  });

  it('fails where the export ends too early, and keeps what it got', async () => {
    const image = await exportedImage({ layers: [base, middle] });
    const cut = {
      ...image,
      async *exportLayers(asked: Parameters<NonNullable<typeof image.exportLayers>>[0]) {
        for await (const layer of image.exportLayers!(asked)) {
          yield layer;
          return;
        }
      },
    };
    await expect(readLayers(cut, options)).rejects.toThrow('without layer 1');
    expect(memory.get(image.layers[0]!.digest)).toBeDefined();
  });
});
