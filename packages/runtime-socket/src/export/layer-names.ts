import { v1LayerIds } from './v1-layer-ids.ts';

/**
 * Tells which layer a member of an export is before it has been read. The members that say so may come last, so this
 * goes by the names:
 *
 * - Podman: `<diffID>.tar`; Docker 25 and newer: `blobs/sha256/<diffID>`
 * - Docker before 25: `<id>/layer.tar`, with ids that can be computed (see {@link v1LayerIds}) but for the topmost
 *   layer's, whose `<id>/json` comes right before it and names the layer below as its parent
 * - anything else: what an earlier pass over the same export found out by hashing
 */
export class LayerNames {
  readonly #diffIds: ReadonlySet<string>;
  readonly #byName = new Map<string, string>();
  readonly #top: string | undefined;
  readonly #belowTop: string | undefined;

  constructor(diffIds: readonly string[]) {
    this.#diffIds = new Set(diffIds);
    const ids = v1LayerIds(diffIds);
    for (const [index, id] of ids.entries()) this.#byName.set(`${id}/layer.tar`, diffIds[index] ?? '');
    this.#top = diffIds.at(-1);
    this.#belowTop = ids.at(-1);
  }

  /** Whether a member may be a layer at all. */
  isCandidate(name: string): boolean {
    return /^[0-9a-f]{64}(?:\.tar|\/layer\.tar)$/.test(name) || this.diffIdOf(name) !== undefined;
  }

  /** The diffID that a member of this name should have, if the name tells. */
  diffIdOf(name: string): string | undefined {
    const learned = this.#byName.get(name);
    if (learned !== undefined) return learned;
    const hex = /^(?:blobs\/sha256\/([0-9a-f]{64})|([0-9a-f]{64})\.tar)$/.exec(name);
    const diffId = `sha256:${hex?.[1] ?? hex?.[2]}`;
    return this.#diffIds.has(diffId) ? diffId : undefined;
  }

  /** Notes the `<id>/json` of a layer. */
  noteLegacyConfig(name: string, parent: unknown): void {
    if (this.#top === undefined || parent !== this.#belowTop) return;
    const member = name.replace(/json$/, 'layer.tar');
    if (!this.#byName.has(member)) this.#byName.set(member, this.#top);
  }

  /** Notes the digest of a member whose name told nothing. */
  noteDigest(name: string, digest: string): void {
    if (this.#diffIds.has(digest)) this.#byName.set(name, digest);
  }
}
