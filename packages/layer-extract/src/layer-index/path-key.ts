import { hash } from 'node:crypto';
import { entryFlags } from './layer-index.ts';

/** The 126 bits that stand for a path, as four numbers of 32 bits, the most significant first. */
export type PathKey = readonly [number, number, number, number];

/** The key of a normalised path: its SHA-256, cut; nobody can make two paths that share one. */
export function pathKey(path: string): PathKey {
  // As a string of bytes: half the time of making a Buffer for each path.
  const digest = hash('sha256', path, 'binary');
  return [word(digest, 0), word(digest, 4), word(digest, 8), (word(digest, 12) & ~entryFlags.all) >>> 0];
}

function word(bytes: string, at: number): number {
  const high = (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);
  return ((high << 16) | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)) >>> 0;
}
