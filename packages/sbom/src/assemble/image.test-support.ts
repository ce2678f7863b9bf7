import { analyzeLayer } from '../analyze/analyze-layer.ts';
import type { Cataloger } from '../catalog/cataloger.ts';
import type { FileLocation, FileView, ResolvedLocation, ViewLink } from '../catalog/file-view.ts';
import type { EntryContent, LayerEvent } from '../catalog/layer-event.ts';
import type { Inventory } from '../model/inventory.ts';
import type { ImageSubject } from '../model/subject.ts';
import { answerNeeds, type NeedAnswer } from './answer-needs.ts';
import { assembleInventory } from './assemble-inventory.ts';

/** One entry of a layer: text or bytes make a file, `null` a whiteout, the rest says what it is. */
export type LayerEntry =
  | string
  | Uint8Array
  | null
  | { readonly link: string }
  | { readonly hardlink: string }
  | { readonly directory: true };

/** A layer as a map from path to entry; entries keep their order. */
export type TestLayer = Readonly<Record<string, LayerEntry>>;

const header = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };

/** A body in chunks of at most `chunkLength` bytes, which counts how much of it was read. */
export function contentOf(bytes: Uint8Array, chunkLength = 64 * 1024): EntryContent & { read: number } {
  const content = {
    read: 0,
    peek: (length: number) => Promise.resolve(bytes.subarray(0, length)),
    async *[Symbol.asyncIterator]() {
      for (let offset = 0; offset < bytes.length; offset += chunkLength) {
        const chunk = bytes.subarray(offset, offset + chunkLength);
        content.read += chunk.length;
        yield chunk;
      }
    },
  };
  return content;
}

/** The entries of a layer as events. */
export async function* eventsOf(layer: TestLayer): AsyncIterable<LayerEvent> {
  for (const [path, entry] of Object.entries(layer)) {
    if (entry === null) yield { kind: 'whiteout', path };
    else if (typeof entry === 'string' || entry instanceof Uint8Array) {
      const bytes = typeof entry === 'string' ? new TextEncoder().encode(entry) : entry;
      yield { kind: 'file', path, ...header, size: bytes.length, content: contentOf(bytes) };
    } else if ('link' in entry) yield { kind: 'symlink', path, ...header, target: entry.link };
    else if ('hardlink' in entry) yield { kind: 'hardlink', path, ...header, target: entry.hardlink };
    else yield { kind: 'directory', path, ...header };
  }
}

/** The merged tree of a few small layers, by the plainest means. Opaque directories are not needed here. */
export function plainView(layers: readonly TestLayer[]): FileView {
  const tree = new Map<string, { layer: number; entry: LayerEntry }>();
  for (const [layer, entries] of layers.entries()) {
    for (const [path, entry] of Object.entries(entries)) {
      const directory = entry !== null && typeof entry === 'object' && 'directory' in entry;
      if (!directory) for (const below of [...tree.keys()]) if (below.startsWith(`${path}/`)) tree.delete(below);
      if (entry === null) tree.delete(path);
    }
    for (const [path, entry] of Object.entries(entries)) if (entry !== null) tree.set(path, { layer, entry });
  }
  const resolve = (path: string, depth = 0): ResolvedLocation | undefined => {
    if (depth > 10) return undefined;
    const names = path.split('/');
    for (let count = 1; count <= names.length; count += 1) {
      const prefix = names.slice(0, count).join('/');
      const found = tree.get(prefix)?.entry;
      if (found === null || typeof found !== 'object' || !('link' in found)) continue;
      const base = found.link.startsWith('/') ? [] : names.slice(0, count - 1);
      const joined: string[] = [];
      for (const name of [...base, ...found.link.split('/'), ...names.slice(count)]) {
        if (name === '..') joined.pop();
        else if (name !== '' && name !== '.') joined.push(name);
      }
      return resolve(joined.join('/'), depth + 1);
    }
    const node = tree.get(path);
    if (node === undefined) return undefined;
    if (node.entry !== null && typeof node.entry === 'object' && 'hardlink' in node.entry) {
      return resolve(node.entry.hardlink, depth + 1);
    }
    return { path, layer: node.layer, directory: typeof node.entry === 'object' && 'directory' in (node.entry ?? {}) };
  };
  return {
    exists: (path) => tree.has(path),
    resolve,
    layerOf: (path) => tree.get(path)?.layer,
    children: (directory) => [...tree.keys()].filter((path) => path.slice(0, path.lastIndexOf('/')) === directory),
    *history(path) {
      for (const [layer, entries] of layers.entries()) if (entries[path] != null) yield { path, layer };
    },
    *links() {
      for (const [path, { layer, entry }] of tree) {
        if (entry === null || typeof entry !== 'object') continue;
        const link: Omit<ViewLink, 'kind' | 'target'> = { path, layer };
        if ('link' in entry) yield { ...link, kind: 'symlink', target: entry.link };
        if ('hardlink' in entry) yield { ...link, kind: 'hardlink', target: entry.hardlink };
      }
    },
    *whiteouts() {
      for (const [layer, entries] of layers.entries()) {
        for (const [path, entry] of Object.entries(entries)) if (entry === null) yield { path, layer, opaque: false };
      }
    },
  };
}

/** An image of these layers, with made-up digests. */
export function subjectFor(layers: readonly TestLayer[], config: ImageSubject['config'] = {}): ImageSubject {
  return {
    ...{ reference: 'example.com/test:1', digest: `sha256:${'1'.repeat(64)}`, identity: 'manifest' },
    ...{ configDigest: `sha256:${'2'.repeat(64)}`, platform: { os: 'linux', architecture: 'amd64' } },
    ...{ manifest: {}, synthesized: false, config },
    layers: layers.map((_, index) => ({
      digest: `sha256:${index.toString(16).padStart(64, 'a')}`,
      mediaType: 'application/vnd.oci.image.layer.v1.tar',
      size: 1,
    })),
  };
}

/** Runs map, reduce and the answers to all needs over hand-made layers. */
export async function inventoryOf(layers: readonly TestLayer[], catalogers: readonly Cataloger[]): Promise<Inventory> {
  const facts = [];
  for (const layer of layers) facts.push(await analyzeLayer(eventsOf(layer), { catalogers }));
  const answers: NeedAnswer[] = [];
  for (let round = 0; round < 4; round += 1) {
    const result = assembleInventory({
      ...{ subject: subjectFor(layers), view: plainView(layers), facts, catalogers, answers },
    });
    if (!Array.isArray(result)) return result;
    const openLayer = (index: number): AsyncIterable<LayerEvent> => eventsOf(layers[index] ?? {});
    answers.push(...(await answerNeeds(result, { catalogers, openLayer })));
  }
  throw new Error('needs without end');
}

/** Where a package was found, for a short comparison. */
export function placesOf(inventory: Inventory): (FileLocation & { name: string; introducedIn: number })[] {
  return inventory.packages.flatMap(({ name, occurrences }) =>
    occurrences.map(({ path, layer, introducedIn }) => ({ name, path, layer, introducedIn })),
  );
}
