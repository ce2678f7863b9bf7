import { describe, expect, it } from 'vitest';
import { digestOf } from '../reference/digest.ts';
import type { ContentStore, VerifiedManifest } from './content-store.ts';
import { embeddedContent } from './embedded-content.ts';
import { ociConfigType, ociIndexType, ociLayerType, ociManifestType } from './media-types.ts';
import { resolveImage } from './resolve-image.ts';
import { verifiedManifest } from './verified-manifest.ts';

const layer = Buffer.alloc(1024);
const config = Buffer.from(
  JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [digestOf(layer)] } }),
);

interface Wire {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly data?: string;
}

function describeContent(mediaType: string, bytes: Buffer, data: Buffer | undefined = bytes): Wire {
  return { mediaType, digest: digestOf(bytes), size: bytes.length, data: data.toString('base64') };
}

/** An index that has everything in itself, or other bytes in the place of it. */
function nestedIndex(other?: Buffer): VerifiedManifest {
  const document = {
    schemaVersion: 2,
    config: describeContent(ociConfigType, config, other),
    layers: [describeContent(ociLayerType, layer, other)],
  };
  const manifest = describeContent(ociManifestType, Buffer.from(JSON.stringify(document)), other);
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests: [manifest] }));
  return verifiedManifest(bytes, undefined, ociIndexType, 'test');
}

function storeOf(contents: readonly Buffer[], opened: string[]): ContentStore {
  const find = (digest: string): Buffer => {
    opened.push(digest);
    return contents.find((bytes) => digestOf(bytes) === digest) ?? expect.fail(`${digest} was asked for`);
  };
  return {
    name: 'test',
    readManifest: async ({ digest, mediaType }) => verifiedManifest(find(digest), digest, mediaType, 'test'),
    async *openBlob({ digest }) {
      yield find(digest);
    },
  };
}

async function readAll(root: VerifiedManifest, store: ContentStore): Promise<readonly Uint8Array[]> {
  const image = await resolveImage(store, root, 'test', { configBytes: 10_000 });
  expect(image.platform.architecture).toBe('amd64');
  const chunks: Uint8Array[] = [];
  for await (const chunk of image.layers[0]?.open() ?? expect.fail()) chunks.push(chunk);
  return chunks;
}

describe('content that descriptors bring along', () => {
  it('is taken, for manifests, configs and layers, and nothing is read', async () => {
    const opened: string[] = [];
    expect(await readAll(nestedIndex(), storeOf([], opened))).toEqual([layer]);
    expect(opened).toEqual([]);
  });

  it('is passed over where it is other content: what the digest names is what runs', async () => {
    const opened: string[] = [];
    const root = nestedIndex(Buffer.from('{}'));
    const manifest = root.kind === 'index' ? root.document.manifests[0] : undefined;
    const document = {
      schemaVersion: 2,
      config: describeContent(ociConfigType, config, Buffer.from('{}')),
      layers: [describeContent(ociLayerType, layer, Buffer.from('{}'))],
    };
    const stored = Buffer.from(JSON.stringify(document));
    expect(digestOf(stored)).toBe(manifest?.digest);
    expect(await readAll(root, storeOf([stored, config, layer], opened))).toEqual([layer]);
    expect(opened).toEqual([stored, config, layer].map((bytes) => digestOf(bytes)));
  });

  it('still counts against the limit of a config, and stops at the signal', async () => {
    const store = storeOf([], []);
    await expect(resolveImage(store, nestedIndex(), 'test', { configBytes: 10 })).rejects.toMatchObject({
      code: 'CONFIG_TOO_LARGE',
    });
    const image = await resolveImage(store, nestedIndex(), 'test', { configBytes: 10_000 });
    const [first] = image.layers;
    const read = async (): Promise<void> => {
      for await (const _ of first?.open({ signal: AbortSignal.abort('no') }) ?? expect.fail()) expect.fail();
    };
    await expect(read()).rejects.toBe('no');
  });

  it('must have the size that is promised, too', () => {
    const wire = describeContent(ociLayerType, Buffer.from('content'));
    expect(embeddedContent(wire)).toEqual(Buffer.from('content'));
    expect(embeddedContent({ ...wire, size: 6 })).toBeUndefined();
    expect(embeddedContent({ ...wire, size: 8 })).toBeUndefined();
    expect(embeddedContent({ ...wire, data: `${wire.data}AAAAAAAAAAAAAAAA` })).toBeUndefined();
    expect(embeddedContent({ digest: digestOf(Buffer.alloc(0)), size: 0, data: '' })).toEqual(Buffer.alloc(0));
  });
});
