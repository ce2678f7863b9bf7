import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setUpCopy } from '../copy/copy-set-up.test-support.ts';
import { createOciLayout } from '../layout/create-oci-layout.ts';
import { openOciLayout } from '../layout/open-oci-layout.ts';
import { digestOf } from '../reference/digest.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';

describe('a layout that is copied to', () => {
  it('keeps what it has, and gives a name to the newest', async () => {
    const { registry, client, pushed, directory } = await setUpCopy();
    const next = await registry.push('team/app', '2', { layers: [{ entries: [{ path: 'next' }] }] });
    const target = createOciLayout(directory);
    await client.copy(pushed.reference, { target, name: 'stable' });
    await client.copy(next.reference, { target });
    await client.copy(next.reference, { target });
    const entries = async (): Promise<object[]> =>
      JSON.parse(await readFile(join(directory, 'index.json'), 'utf8')).manifests;
    expect(await entries()).toMatchObject([
      { digest: pushed.digest, annotations: { 'org.opencontainers.image.ref.name': 'stable' } },
      { digest: next.digest },
    ]);
    const again = await client.copy(next.reference, { target, name: 'stable' });
    expect(again.blobs).toEqual({ copied: 0, mounted: 0, existing: 2 });
    expect((await entries()).map((entry) => (entry as { digest: string }).digest)).toEqual([next.digest, next.digest]);
    expect((await openOciLayout(directory).resolve('stable')).digest).toBe(next.digest);
    expect((await readdir(directory)).toSorted()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  it('takes several copies at the same time', async () => {
    const { registry, client, directory } = await setUpCopy();
    const target = createOciLayout(directory);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await registry.push('many', name, { layers: [{ entries: [{ path: name }] }] });
    await Promise.all(names.map((name) => client.copy(`${registry.host}/many:${name}`, { target, name })));
    for (const name of names) {
      expect((await openOciLayout(directory).resolve(name)).digest).toBe(
        (await client.getDescriptor(`${registry.host}/many:${name}`)).digest,
      );
    }
  });

  it('repairs a blob that is damaged', async () => {
    const { client, pushed, directory } = await setUpCopy();
    const target = createOciLayout(directory);
    await client.copy(pushed.reference, { target, name: '1' });
    const digest = pushed.images[0]?.layers[0]?.digest ?? '';
    const path = join(directory, 'blobs/sha256', digest.replace('sha256:', ''));
    await writeFile(path, Buffer.alloc((await stat(path)).size));
    expect(await client.copy(pushed.reference, { target, name: '1' })).toMatchObject({
      blobs: { copied: 1, existing: 1 },
    });
    expect(digestOf(await readFile(path))).toBe(digest);
  });

  it('is refused where something else lies there, or the name cannot be one', async () => {
    const { client, pushed, directory } = await setUpCopy();
    await writeFile(join(directory, 'letters.txt'), 'mine');
    const target = createOciLayout(directory);
    expect(await failureOf(client.copy(pushed.reference, { target }))).toMatchObject({ code: 'LAYOUT_INVALID' });
    expect(await readdir(directory)).toEqual(['letters.txt']);
    const file = createOciLayout(join(directory, 'letters.txt'));
    expect(await failureOf(client.copy(pushed.reference, { target: file }))).toMatchObject({ code: 'LAYOUT_INVALID' });
    const named = client.copy(pushed.reference, { target, name: 'a b' });
    expect(await failureOf(named)).toMatchObject({ code: 'REFERENCE_INVALID' });
  });

  it('is not touched where its index is damaged', async () => {
    const { client, pushed, directory } = await setUpCopy();
    const target = createOciLayout(directory);
    await client.copy(pushed.reference, { target, name: '1' });
    await writeFile(join(directory, 'index.json'), '{"schemaVersion":2,"layers":[]}');
    expect(await failureOf(client.copy(pushed.reference, { target }))).toBeInstanceOf(Error);
    expect(await readFile(join(directory, 'index.json'), 'utf8')).toBe('{"schemaVersion":2,"layers":[]}');
    expect((await readdir(directory)).toSorted()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });
});
