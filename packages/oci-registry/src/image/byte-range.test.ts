import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDockerArchive } from '../archive/open-docker-archive.ts';
import { openOciLayout } from '../layout/open-oci-layout.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import {
  buildDockerArchive,
  buildImage,
  createRegistry,
  type TestRegistryOptions,
  writeOciLayout,
} from '../testing.ts';
import { rangeOf } from './byte-range.ts';
import type { ImageLayer } from './image.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) & 0xff));
const spec = { layers: [{ entries: [{ path: 'a', content }], compression: 'none' }] } as const;

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Reads some parts of a layer and compares them with the whole. */
async function expectParts(layer: ImageLayer | undefined): Promise<void> {
  if (layer === undefined) expect.fail('there is no layer');
  const whole = await collect(layer.open());
  const { size } = layer;
  for (const [start, end] of [
    [0, 1],
    [0, size],
    [size - 1, size],
    [100_000, 200_000],
  ] as const) {
    expect((await collect(layer.openRange({ start, end }))).equals(whole.subarray(start, end))).toBe(true);
  }
  for (const range of [
    { start: 5, end: 5 },
    { start: -1, end: 5 },
    { start: 0, end: size + 1 },
    { start: 0.5, end: 2 },
  ]) {
    expect(() => layer.openRange(range)).toThrow(/REFERENCE_INVALID/);
  }
}

async function registryLayer(options: TestRegistryOptions = {}) {
  const registry = untilTestEnds(await createRegistry(options));
  const { reference } = await registry.push('app', '1', spec);
  const client = untilTestEnds(new RegistryClient({ retry: { sleep: () => Promise.resolve() } }));
  const [layer] = (await client.resolve(reference)).layers;
  return { registry, layer: layer ?? expect.fail('there is no layer') };
}

describe('some bytes of a layer', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ranges-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('come from a registry, which is asked for no others', async () => {
    const { registry, layer } = await registryLayer();
    await expectParts(layer);
    const sent = registry.requestsFor({ kind: 'blob' }).filter(({ status }) => status === 206);
    expect(sent.map(({ bytesSent }) => bytesSent)).toEqual([1, 1, 100_000]);
  });

  it('come from a registry that knows no ranges', async () => {
    await expectParts((await registryLayer({ ranges: 'ignored' })).layer);
  });

  it('go on where they were cut', async () => {
    const { registry, layer } = await registryLayer();
    registry.addFault({ on: 'blob', times: 2, range: true, fault: { kind: 'cut', after: 20_000 } });
    const part = await collect(layer.openRange({ start: 50_000, end: 150_000 }));
    expect(part.equals((await collect(layer.open())).subarray(50_000, 150_000))).toBe(true);
  });

  it('come from a layout and from an archive', async () => {
    const image = await buildImage(spec);
    await writeOciLayout(join(folder, 'layout'), [{ image }]);
    const layout = untilTestEnds(openOciLayout(join(folder, 'layout')));
    await expectParts((await layout.resolve(undefined)).layers[0]);
    for (const shape of ['classic', 'hybrid'] as const) {
      await writeFile(join(folder, 'image.tar'), await buildDockerArchive([{ image, tags: ['app:1'] }], { shape }));
      await using archive = openDockerArchive(join(folder, 'image.tar'));
      await expectParts((await archive.resolve(undefined)).layers[0]);
    }
  });
});

describe('rangeOf', () => {
  it('gives the bytes of the range, however the stream is cut', async () => {
    const sizes = fc.array(fc.nat(9), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(60), fc.nat(60), async (steps, one, other) => {
        let next = 0;
        const chunks = steps.map((size) => Uint8Array.from({ length: size }, () => next++));
        const [start, end] = [Math.min(one, other), Math.max(one, other)];
        async function* source(): AsyncGenerator<Uint8Array> {
          yield* chunks;
        }
        const found = await collect(rangeOf(source(), { start, end }));
        expect([...found]).toEqual([...Buffer.concat(chunks).subarray(start, end)]);
      }),
    );
  });
});
