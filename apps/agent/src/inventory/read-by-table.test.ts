import { type BuiltLayer, buildLayer, file, type LayerFormat, symlink } from '@falcon-iar/layer-extract/testing';
import { type Cataloger, createByteBudget, defaultCatalogers, type Inventory } from '@falcon-iar/sbom';
import { beforeEach, describe, expect, it } from 'vitest';
import { type InventoryImageOptions, inventoryImage } from './inventory-image.ts';
import type { ScannableImage } from './scannable-image.ts';
import { createLayerMemory, createSharedLayers, type LayerMemory } from './shared-layers.ts';

/** What one image's layer was asked for. */
interface Asked {
  /** Bytes that were taken of it. */
  bytes: number;
  wholes: number;
}

let memory: LayerMemory;
let kept: string[];
let options: InventoryImageOptions;
let told: { wasRead: boolean; bytes: number }[];
beforeEach(() => {
  kept = [];
  told = [];
  const plain = createLayerMemory();
  memory = {
    ...plain,
    put(key, record) {
      kept.push(key);
      plain.put(key, record);
    },
  };
  options = optionsFor('sample');
});

function optionsFor(seekable: 'off' | 'sample' | 'full', catalogers: readonly Cataloger[] = defaultCatalogers) {
  return {
    ...{ catalogers, budget: createByteBudget(1024 * 1024), layersAtOnce: 2, seekable },
    layers: createSharedLayers(memory),
    onLayer: (layer: { wasRead: boolean; bytes: number }) => void told.push(layer),
    signal: new AbortController().signal,
  };
}

const release = 'ID=debian\nVERSION_ID="12"\n';
/** Does not compress, and is the same in every run. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

function large(format: LayerFormat = 'estargz', editToc?: Parameters<typeof buildLayer>[1]): BuiltLayer {
  const others = Array.from({ length: 20 }, (_, index) => file(`srv/${index}`, noise(200_000)));
  return buildLayer([...others.slice(10), file('etc/os-release', release), ...others.slice(0, 10)], {
    format,
    ...editToc,
  });
}

function imageOf(
  layer: BuiltLayer,
  annotations: Readonly<Record<string, string>> = layer.annotations,
): ScannableImage & { readonly asked: Asked } {
  const { mediaType, size, digest, diffId } = layer;
  const asked: Asked = { bytes: 0, wholes: 0 };
  async function* noted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      asked.bytes += chunk.byteLength;
      yield chunk;
    }
  }
  return {
    ...{ reference: 'registry.example.com/app:1', digest: 'sha256:0', identity: 'manifest', configDigest: 'sha256:1' },
    ...{ platform: { os: 'linux', architecture: 'amd64' }, synthesized: false, config: {} },
    manifest: { layers: [{ mediaType, size, digest, annotations }] },
    layers: [
      {
        ...{ index: 0, digest, diffId, mediaType, size },
        open() {
          asked.wholes += 1;
          return noted(layer.open());
        },
        openRange: ({ start, end }) => noted(layer.readRange(start, end)),
      },
    ],
    asked,
  };
}

const factsFrom = ({ layers }: Inventory): unknown => layers.map((layer) => Reflect.get(layer, 'factsFrom'));

describe('a layer with a table of contents', () => {
  it.each(['estargz', 'zstd:chunked'] as const)(
    'is read by it (%s): only what is known by its path',
    async (format) => {
      const image = imageOf(large(format));
      const inventory = await inventoryImage(image, options);
      expect(inventory).toMatchObject({ complete: true, distro: { id: 'debian' } });
      expect(factsFrom(inventory)).toEqual(['toc']);
      expect(image.asked.wholes).toBe(0);
      expect(image.asked.bytes).toBeLessThan(image.layers[0]!.size / 2);
      expect(told).toEqual([{ wasRead: true, bytes: image.asked.bytes }]);
    },
  );

  it('is read whole unless that is asked for, and nothing is said of it', async () => {
    const image = imageOf(large());
    const inventory = await inventoryImage(image, optionsFor('off'));
    expect(factsFrom(inventory)).toEqual([undefined]);
    expect(image.asked).toEqual({ bytes: image.layers[0]!.size, wholes: 1 });
    expect(inventory).toMatchObject({ complete: true, distro: { id: 'debian' } });
  });

  it('has its record kept under a key of its own: it never passes for the whole', async () => {
    const layer = large();
    await inventoryImage(imageOf(layer), options);
    expect(kept).toEqual([expect.stringMatching(new RegExp(`^${layer.digest} toc sample [0-9a-f]{64}$`))]);
    const again = imageOf(layer);
    expect(factsFrom(await inventoryImage(again, options))).toEqual(['toc']);
    expect(again.asked.bytes).toBe(0);
    const whole = imageOf(layer);
    await inventoryImage(whole, optionsFor('off'));
    expect(whole.asked.wholes).toBe(1);
  });

  it('is not read by it again where the whole is known', async () => {
    const layer = large();
    await inventoryImage(imageOf(layer), optionsFor('off'));
    const again = imageOf(layer);
    expect(factsFrom(await inventoryImage(again, options))).toEqual([undefined]);
    expect(again.asked.bytes).toBe(0);
  });

  it('has another record for each table that a manifest vouches for', async () => {
    const [layer, other] = [large(), large('estargz', { editToc: (rows) => ({ version: 1, entries: rows.slice(5) }) })];
    await inventoryImage(imageOf(layer), options);
    // As if an attacker's registry gave the same layer with a table of its own.
    await inventoryImage(imageOf({ ...other, digest: layer.digest }), options);
    expect(new Set(kept).size).toBe(2);
  });

  it('tells with full where the table hides something, as a problem', async () => {
    const hiding = { editToc: (rows: readonly { name: string }[]) => hide(rows, 'etc/os-release') };
    const inventory = await inventoryImage(imageOf(large('estargz', hiding as never)), optionsFor('full'));
    expect(inventory.complete).toBe(false);
    expect(inventory.problems).toContainEqual(expect.objectContaining({ cataloger: 'layer', path: 'etc/os-release' }));
    expect(factsFrom(inventory)).toEqual(['toc']);
  });

  it.each([
    ['another digest', { 'containerd.io/snapshot/stargz/toc.digest': `sha256:${'0'.repeat(64)}` }],
    ['no digest', { 'org.example.note': 'x' }],
  ])('is read whole where its annotations have %s of the table', async (_, annotations) => {
    const image = imageOf(large(), annotations);
    const inventory = await inventoryImage(image, options);
    expect(inventory).toMatchObject({ complete: true, distro: { id: 'debian' } });
    expect(factsFrom(inventory)).toEqual([undefined]);
    expect(image.asked.wholes).toBe(1);
    expect(kept).toEqual([image.layers[0]!.digest]);
  });

  it('is read whole where a wanted file lies behind a link of the same layer', async () => {
    const image = imageOf(buildLayer([symlink('etc', 'usr/etc'), file('etc/x', 'x')], { format: 'estargz' }));
    const catalogers: Cataloger[] = [
      {
        ...{ name: 'landed', version: '1', assemble: () => [] },
        select: { path: (path) => path === 'usr/etc/x' },
        extract: async (wanted) => (await wanted.bytes(10)).byteLength,
      },
    ];
    expect(factsFrom(await inventoryImage(image, optionsFor('sample', catalogers)))).toEqual([undefined]);
    expect(image.asked.wholes).toBe(1);
  });

  it('is read whole, once more, for what a link leads to', async () => {
    const entries = [file('opt/vendor', release), symlink('etc/os-release', '../opt/vendor')];
    const image = imageOf(buildLayer(entries, { format: 'estargz' }));
    const inventory = await inventoryImage(image, options);
    expect(inventory).toMatchObject({ complete: true, distro: { id: 'debian' } });
    expect(factsFrom(inventory)).toEqual(['toc']);
    expect(image.asked.wholes).toBe(1);
  });

  it('shows no first bytes of files that are not known by their paths', async () => {
    const seen: number[] = [];
    const byHead: Cataloger = {
      ...{ name: 'elf', version: '1', assemble: () => [], extract: async () => undefined },
      select: { magic: (head) => seen.push(head.byteLength) < 0 },
    };
    const image = imageOf(large());
    await inventoryImage(image, optionsFor('sample', [...defaultCatalogers, byHead]));
    expect(image.asked.bytes).toBeLessThan(image.layers[0]!.size / 2);
    // Of the one file that a cataloger knows by its path.
    expect(seen).toEqual([release.length]);
  });

  it('fails with the error of its source, and with the reason of the signal', async () => {
    const image = imageOf(large());
    const lost = new Error('connection lost');
    const broken: ScannableImage = {
      ...image,
      layers: image.layers.map((layer) => ({
        ...layer,
        // biome-ignore lint/correctness/useYield: it never comes to that
        async *openRange(): AsyncGenerator<Uint8Array> {
          throw lost;
        },
      })),
    };
    await expect(inventoryImage(broken, options)).rejects.toBe(lost);
    await expect(inventoryImage(image, { ...options, signal: AbortSignal.abort('SIGTERM') })).rejects.toBe('SIGTERM');
  });
});

function hide(rows: readonly { name: string }[], name: string): unknown {
  return { version: 1, entries: rows.filter((row) => row.name !== name) };
}
