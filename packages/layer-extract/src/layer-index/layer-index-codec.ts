import { ExtractError } from '../extract-error.ts';
import { entryBytes, entryFlags, type LayerIndex, type LayerLink, layerIndexVersion } from './layer-index.ts';

/** `IARL`. */
const magic = 0x4941524c;
/** Magic, version, bytes of entries, bytes of text: 32 bits each, big endian. */
const headerBytes = 16;

/** The part of an index that is text, as JSON; a link is path, target, and 1 for a hard link. */
interface IndexText {
  readonly links: readonly (readonly [string, string] | readonly [string, string, 1])[];
  readonly whiteouts: readonly string[];
  readonly opaque: readonly string[];
}

/** One run of bytes for a cache, the same for the same index. {@link decodeLayerIndex} reads it. */
export function encodeLayerIndex(index: LayerIndex): Uint8Array {
  const { entries, whiteouts, opaque } = index;
  const links = index.links.map(({ path, kind, target }): IndexText['links'][number] =>
    kind === 'symlink' ? [path, target] : [path, target, 1],
  );
  const text = new TextEncoder().encode(JSON.stringify({ links, whiteouts, opaque } satisfies IndexText));
  const bytes = new Uint8Array(headerBytes + entries.byteLength + text.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic);
  view.setUint32(4, index.version);
  view.setUint32(8, entries.byteLength);
  view.setUint32(12, text.byteLength);
  bytes.set(entries, headerBytes);
  bytes.set(text, headerBytes + entries.byteLength);
  return bytes;
}

/**
 * Reads what {@link encodeLayerIndex} wrote. `entries` is a view of `bytes`, not a copy.
 *
 * @throws ExtractError `INDEX_INVALID` for anything else: another version, cut or changed bytes.
 */
export function decodeLayerIndex(bytes: Uint8Array): LayerIndex {
  if (bytes.byteLength < headerBytes) throw invalid('too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== magic) throw invalid('no layer index');
  if (view.getUint32(4) !== layerIndexVersion) throw invalid(`version ${view.getUint32(4)}, not ${layerIndexVersion}`);
  const textStart = headerBytes + view.getUint32(8);
  if (textStart + view.getUint32(12) !== bytes.byteLength) throw invalid('length does not match');
  const entries = bytes.subarray(headerBytes, textStart);
  checkEntries(entries);
  return { version: layerIndexVersion, entries, ...readText(bytes.subarray(textStart)) };
}

function checkEntries(entries: Uint8Array): void {
  if (entries.byteLength % entryBytes !== 0) throw invalid('entries are cut');
  for (let at = entryBytes; at < entries.byteLength; at += entryBytes) {
    if (!ascends(entries, at)) throw invalid('entries are not sorted');
  }
}

/** Whether the entry at `at` comes after the one before it, flags not looked at. */
function ascends(entries: Uint8Array, at: number): boolean {
  for (let byte = 0; byte < entryBytes; byte++) {
    const mask = byte === entryBytes - 1 ? ~entryFlags.all : 0xff;
    const difference = (entries[at + byte]! & mask) - (entries[at + byte - entryBytes]! & mask);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function readText(bytes: Uint8Array): Pick<LayerIndex, 'links' | 'whiteouts' | 'opaque'> {
  let text: Partial<Record<keyof IndexText, unknown>>;
  try {
    text = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as typeof text;
  } catch (cause) {
    throw invalid('text is no JSON', cause);
  }
  const { links, whiteouts, opaque } = text ?? {};
  if (!Array.isArray(links) || !isSortedPaths(whiteouts) || !isSortedPaths(opaque)) throw invalid('text is incomplete');
  const read = links.map(readLink);
  if (!isSortedPaths(read.map(({ path }) => path))) throw invalid('links are not sorted');
  return { links: read, whiteouts, opaque };
}

function readLink(value: unknown): LayerLink {
  if (!Array.isArray(value)) throw invalid('a link is no list');
  const [path, target, hard] = value as unknown[];
  if (typeof path !== 'string' || typeof target !== 'string' || (hard !== undefined && hard !== 1)) {
    throw invalid('a link is incomplete');
  }
  return { path, kind: hard === 1 ? 'hardlink' : 'symlink', target };
}

function isSortedPaths(value: unknown): value is readonly string[] {
  if (!Array.isArray(value)) return false;
  return value.every((path, index) => typeof path === 'string' && (index === 0 || value[index - 1] < path));
}

function invalid(what: string, cause?: unknown): ExtractError {
  return new ExtractError('INDEX_INVALID', `layer index: ${what}`, { cause, hint: 'index the layer again' });
}
