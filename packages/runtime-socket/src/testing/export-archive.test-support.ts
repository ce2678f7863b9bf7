import { createHash } from 'node:crypto';
import { pack } from 'tar-stream';
import { v1LayerIds } from '../export/v1-layer-ids.ts';

/** An image whose layers are any bytes: what reads exports never looks into them. */
export interface SampleImage {
  readonly layers: readonly Buffer[];
  readonly diffIds: readonly string[];
  readonly config: Buffer;
  readonly configDigest: string;
}

/** Makes an image of these contents, base first. */
export function sampleImage(...contents: readonly string[]): SampleImage {
  const layers = contents.map((content) => Buffer.from(content));
  const diffIds = layers.map(sha256);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['A=b'], Labels: null },
      rootfs: { type: 'layers', diff_ids: diffIds },
      history: contents.map((content) => ({ created_by: `ADD ${content.length}` })),
    }),
  );
  return { layers, diffIds, config, configDigest: sha256(config) };
}

/** Who wrote an export: it decides its names and its order. `foreign` has names that tell nothing. */
export type ExportStyle = 'docker-20' | 'docker-25' | 'podman' | 'foreign';

/** Writes an image as the runtime would export it. */
export async function writeExport(image: SampleImage, style: ExportStyle): Promise<Buffer> {
  const tar = pack();
  for (const [name, body] of membersOf(image, style)) tar.entry({ name }, body);
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function membersOf({ layers, diffIds, config, configDigest }: SampleImage, style: ExportStyle): [string, Buffer][] {
  const hex = (digest: string): string => digest.slice('sha256:'.length);
  const last: [string, Buffer] = ['manifest.json', Buffer.from('[]')];
  const named = (name: (digest: string) => string): [string, Buffer][] =>
    layers.map((layer, index) => [name(diffIds[index]!), layer]);
  if (style === 'podman')
    return [...named((digest) => `${hex(digest)}.tar`), [`${hex(configDigest)}.json`, config], last];
  if (style === 'docker-25') {
    const blobs: [string, Buffer][] = [[`blobs/sha256/${hex(configDigest)}`, config]];
    return [...blobs.concat(named((digest) => `blobs/sha256/${hex(digest)}`)).sort(byName), last];
  }
  const known = v1LayerIds(diffIds);
  const top = hex(sha256(`top of ${configDigest}`));
  const ids = style === 'docker-20' ? [...known, top] : diffIds.map((digest) => hex(sha256(`foreign ${digest}`)));
  const folders = layers.flatMap((layer, index): [string, Buffer][] => {
    const parent = ids[index - 1];
    const json = Buffer.from(JSON.stringify({ id: ids[index], ...(parent && { parent }) }));
    return [
      [`${ids[index]}/VERSION`, Buffer.from('1.0')],
      [`${ids[index]}/json`, json],
      [`${ids[index]}/layer.tar`, layer],
    ];
  });
  const members: [string, Buffer][] = [...folders, [`${hex(configDigest)}.json`, config]];
  return [...members.sort(byName), last];
}

function byName([left]: [string, Buffer], [right]: [string, Buffer]): number {
  return left < right ? -1 : 1;
}
