import { type BuiltLayer, buildLayer, type LayerEntry, type LayerFormat } from '@falcon-iar/layer-extract/testing';
import { RegistryClient } from '@falcon-iar/oci-registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAgent } from '../support/agent.ts';
import { type CountingFront, countingFrontOf } from '../support/counting-front.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { installedPackages, installedTreeEntries } from '../support/installed-tree-layer.ts';
import { debLines, type InventoryDocument } from '../support/inventory-document.ts';
import { pushLayer } from '../support/pushed-layer.ts';
import { canRun } from '../support/required-tools.ts';

const runnable = canRun('scans of seekable layers', ['docker-registry']);
const digestName = 'containerd.io/snapshot/stargz/toc.digest';

describe.runIf(runnable)('iar scan --seekable-layers', () => {
  let registry: DockerRegistry;
  let front: CountingFront;
  /** Some 40 MB: the database of dpkg among fewer of the other files. */
  let entries: readonly LayerEntry[];

  const push = async (name: string, layer: BuiltLayer): Promise<string> => {
    await using client = new RegistryClient();
    await pushLayer(client, `${registry.host}/team/${name}:1`, layer);
    return `${front.host}/team/${name}:1`;
  };

  /** Scans, and counts what comes of the layer. */
  const scan = async (
    reference: string,
    { digest }: BuiltLayer,
    options: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ) => {
    const before = front.answers.length;
    const { code, stdout, stderr } = await runAgent(['scan', reference, '-o', 'json', ...options], { env });
    expect(code, stderr).toBe(0);
    const answers = front.answers.slice(before).filter(({ request }) => request.endsWith(digest));
    return {
      inventory: JSON.parse(stdout) as InventoryDocument,
      stderr,
      answers: answers.map(({ status }) => status),
      bytes: answers.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  };

  beforeAll(async () => {
    const isLeftOut = /^(?:usr\/lib\/lib|usr\/share\/doc\/package-|opt\/app\/module-)(?:[3-9]|\d\d)/;
    entries = installedTreeEntries().filter(({ path }) => !isLeftOut.test(path));
    registry = await startDockerRegistry();
    front = await countingFrontOf(registry.host);
  });

  afterAll(async () => {
    await front?.[Symbol.asyncDispose]();
    await registry?.close();
  });

  it.each(['estargz', 'zstd:chunked'] as const satisfies LayerFormat[])(
    'finds the same in an %s layer with a small part of its bytes, and says so',
    async (format) => {
      const layer = buildLayer(entries, { format });
      const reference = await push(format.replace(':', '-'), layer);
      const whole = await scan(reference, layer);
      expect(whole.answers).toEqual([200]);
      expect(whole.inventory.layers[0]).not.toHaveProperty('factsFrom');

      const seekable = await scan(reference, layer, ['--seekable-layers', 'sample']);
      expect(seekable.inventory.layers[0]).toHaveProperty('factsFrom', 'toc');
      expect(seekable.stderr).toContain('1 layer of 1 read by a table of contents');
      expect(debLines(seekable.inventory)).toEqual(debLines(whole.inventory));
      expect(debLines(seekable.inventory)).toHaveLength(installedPackages);
      expect(seekable.inventory.problems).toEqual([]);
      expect(seekable.inventory).toMatchObject({ complete: true, distro: whole.inventory.distro });
      expect(new Set(seekable.answers)).toEqual(new Set([206]));
      expect(seekable.bytes).toBeLessThan(layer.size / 10);
    },
  );

  it('takes the mode from the environment, and reads a layer whole whose table nothing vouches for', async () => {
    const layer = buildLayer(entries.slice(0, 12), { format: 'estargz' });
    const env = { IAR_SEEKABLE_LAYERS: 'sample' };
    const vouched = await scan(await push('vouched', layer), layer, [], env);
    expect(vouched.inventory.layers[0]).toHaveProperty('factsFrom', 'toc');
    const plain = await scan(await push('plain', { ...layer, annotations: {} }), layer, [], env);
    expect(plain.inventory.layers[0]).not.toHaveProperty('factsFrom');
    expect(plain.answers).toEqual([200]);
    const other = { [digestName]: `sha256:${'0'.repeat(64)}` };
    const refused = await scan(await push('refused', { ...layer, annotations: other }), layer, [], env);
    expect(refused.inventory.layers[0]).not.toHaveProperty('factsFrom');
    expect(refused.answers.at(-1)).toBe(200);
    expect(refused.inventory.distro).toEqual(vouched.inventory.distro);
  });

  it('tells with full what a table hides', async () => {
    const layer = buildLayer(entries.slice(0, 12), {
      format: 'zstd:chunked',
      editToc: (rows) => ({ version: 1, entries: rows.filter(({ name }) => name !== 'etc/os-release') }),
    });
    const { inventory } = await scan(await push('hiding', layer), layer, ['--seekable-layers', 'full']);
    expect(inventory.complete).toBe(false);
    expect(inventory.problems).toContainEqual(expect.objectContaining({ path: 'etc/os-release' }));
  });

  it('refuses another mode', async () => {
    const { code, stderr } = await runAgent(['scan', 'x', '--seekable-layers', 'lazy']);
    expect(code).toBe(2);
    expect(stderr).toContain('off, sample, full');
  });
});
