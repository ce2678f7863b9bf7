import { hash } from 'node:crypto';
import { entryFlags } from './layer-index.ts';

/** The 126 bits that stand for a path, as four numbers of 32 bits, the most significant first. */
export type PathKey = readonly [number, number, number, number];

/** The key of a normalised path: its SHA-256, cut; nobody can make two paths that share one. */
export function pathKey(path: string): PathKey {
  const digest = hash('sha256', path, 'buffer');
  return [
    digest.readUInt32BE(0),
    digest.readUInt32BE(4),
    digest.readUInt32BE(8),
    (digest.readUInt32BE(12) & ~entryFlags.all) >>> 0,
  ];
}
