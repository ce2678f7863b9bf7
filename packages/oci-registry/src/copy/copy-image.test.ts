import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDockerArchive } from '../archive/create-docker-archive.ts';
import { createOciArchive } from '../archive/create-oci-archive.ts';
import { openDockerArchive } from '../archive/open-docker-archive.ts';
import { openOciArchive } from '../archive/open-oci-archive.ts';
import type { ImageSource } from '../image/image.ts';
import { ociIndexType, ociManifestType } from '../image/media-types.ts';
import { createOciLayout } from '../layout/create-oci-layout.ts';
import { openOciLayout } from '../layout/open-oci-layout.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import type { CopyEvent } from './copy-event.ts';
import { platforms, readWhole, setUpCopy, severalPlatforms } from './copy-set-up.test-support.ts';
import type { ImageTarget } from './image-target.ts';

const targets: [string, (directory: string) => { target: ImageTarget; name: string; open: () => ImageSource }][] = [
  [
    'a layout',
    (directory) => {
      const path = join(directory, 'layout');
      return { target: createOciLayout(path), name: '1', open: () => openOciLayout(path) };
    },
  ],
  [
    'an oci-archive',
    (directory) => {
      const path = join(directory, 'image.tar');
      return { target: createOciArchive(path), name: '1', open: () => openOciArchive(path) };
    },
  ],
  [
    'a docker-archive',
    (directory) => {
      const path = join(directory, 'image.tar');
      return { target: createDockerArchive(path), name: 'team/app:1', open: () => openDockerArchive(path) };
    },
  ],
];

describe.each(targets)('copying an image to %s', (_, make) => {
  it('keeps its digest, and everything can be read', async () => {
    const { client, pushed, directory } = await setUpCopy({
      layers: [{ entries: [{ path: 'a', content: 'a' }] }, { entries: [{ path: 'b' }], compression: 'none' }],
    });
    const { target, name, open } = make(directory);
    const result = await client.copy(pushed.reference, { target, name });
    expect(result).toEqual({
      digest: pushed.digest,
      mediaType: ociManifestType,
      identical: true,
      blobs: { copied: 3, mounted: 0, existing: 0 },
      bytes: pushed.blobs.reduce((sum, { size }) => sum + size, 0),
      referrers: 0,
    });
    const source = untilTestEnds(open());
    const image = await source.resolve(name);
    expect(image).toMatchObject({
      digest: pushed.digest,
      identity: 'manifest',
      configDigest: pushed.images[0]?.config.digest,
    });
    expect(await readWhole(image)).toBe(
      pushed.blobs.reduce((sum, { size }) => sum + size, -image.manifest.config.size),
    );
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('brings all platforms and attestations of an index', async () => {
    const { registry, client, pushed, directory } = await setUpCopy(severalPlatforms);
    const { target, name, open } = make(directory);
    const result = await client.copy(pushed.reference, { target, name });
    expect(result).toMatchObject({ digest: pushed.digest, mediaType: ociIndexType, identical: true });
    const back = await client.copy({ source: untilTestEnds(open()), reference: name }, `${registry.host}/other:2`);
    if (make === targets[2]?.[1]) return;
    expect(back).toMatchObject({ digest: pushed.digest, identical: true });
    for (const { digest } of pushed.manifests) expect(registry.find('other', 'manifest', digest)).toBeDefined();
  });

  it('brings one platform alone', async () => {
    const { client, pushed, directory } = await setUpCopy(severalPlatforms);
    const { target, name, open } = make(directory);
    const result = await client.copy(pushed.reference, { target, name }, { platforms: platforms[1] });
    expect(result).toMatchObject({ digest: pushed.images[1]?.manifest.digest, identical: false, blobs: { copied: 2 } });
    expect(await untilTestEnds(open()).resolve(name)).toMatchObject({ digest: result.digest, platform: platforms[1] });
  });

  it('leaves no file behind where it fails or is left', async () => {
    const { registry, client, pushed, directory } = await setUpCopy({
      layers: [{ tar: Buffer.alloc(1 << 20, 'x'), compression: 'none' }],
    });
    const layer = pushed.images[0]?.layers[0]?.digest ?? expect.fail('no layer');
    const { target, name } = make(directory);
    registry.addFault({ on: 'blob', reference: layer, fault: { kind: 'flip', at: 9 } });
    const error = await failureOf(client.copy(pushed.reference, { target, name }));
    expect(error).toMatchObject({ code: 'DIGEST_INVALID' });
    registry.clearFaults();
    const abort = new AbortController();
    const reason = new Error('enough');
    const onProgress = (event: CopyEvent): void => {
      if (event.type === 'bytes' && event.digest === layer) abort.abort(reason);
    };
    const aborted = client.copy(pushed.reference, { target, name }, { onProgress, signal: abort.signal });
    expect(await failureOf(aborted)).toBe(reason);
    const left = await readdir(directory, { recursive: true });
    expect(left.filter((path) => /partial|copy-|index\.json|\.tar/.test(path))).toEqual([]);
    expect(left.some((path) => path.includes(layer.replace('sha256:', '')))).toBe(false);
    expect(await client.copy(pushed.reference, { target, name })).toMatchObject({ identical: true });
  });
});

describe('what has no end', () => {
  it('is not copied', async () => {
    const { registry, client, pushed } = await setUpCopy();
    let { digest, mediaType, size } = pushed.root;
    for (let depth = 0; depth < 12; depth++) {
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [{ digest, mediaType, size }] }));
      digest = registry.pushManifest('team/app', 'deep', bytes, ociIndexType);
      mediaType = ociIndexType;
      size = bytes.length;
    }
    const failed = client.copy(`${registry.host}/team/app:deep`, `${registry.host}/other:1`);
    expect(await failureOf(failed)).toMatchObject({ code: 'MANIFEST_INVALID' });
  });
});
