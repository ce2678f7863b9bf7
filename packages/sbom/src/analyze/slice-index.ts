/** Catalogers by names, which are looked up where they stand in a path: nothing is cut out of it. */
export class SliceIndex {
  readonly #byHash = new Map<number, number[]>();

  get isEmpty(): boolean {
    return this.#byHash.size === 0;
  }

  add(name: string, cataloger: number): void {
    let hash = emptyHash;
    for (let at = name.length - 1; at >= 0; at -= 1) hash = withUnit(hash, name.charCodeAt(at));
    const listed = this.#byHash.get(hash);
    if (listed === undefined) this.#byHash.set(hash, [cataloger]);
    else if (listed.at(-1) !== cataloger) listed.push(cataloger);
  }

  /**
   * Whoever makes paths may make some of equal hash, so a hit is a hint. The names in the index are the catalogers', so
   * there is nothing to flood.
   *
   * @param hash - Of the name, made with {@link withUnit} from its last UTF-16 code unit to its first.
   */
  get(hash: number): readonly number[] | undefined {
    return this.#byHash.get(hash);
  }
}

/** The hash of an empty name. */
export const emptyHash: number = 0x011c9dc5;

/**
 * The hash of a name with one more UTF-16 code unit in front: FNV-1a, on units instead of bytes, backwards, and of 30
 * bits, for engines keep a number of that size in place and put a larger one into a box on the heap.
 */
export function withUnit(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193) & 0x3fffffff;
}
