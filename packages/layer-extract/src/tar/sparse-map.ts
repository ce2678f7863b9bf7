/** A run of bytes of a sparse file that the archive holds; what lies between the runs is zeros. */
export interface SparseRun {
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** Which bytes of a sparse file the archive holds, in their order. */
export interface SparseMap {
  /** Bytes of the file, its holes included. */
  readonly size: number;
  readonly runs: readonly SparseRun[];
}

/** The runs that a list of numbers says, offset and length in turn. */
export function sparseRuns(numbers: readonly number[]): SparseRun[] {
  const runs: SparseRun[] = [];
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    runs.push({ offset: numbers[at] as number, length: numbers[at + 1] as number });
  }
  return runs;
}

/**
 * What is wrong with a map, by the rules of the reader that runtimes use; undefined where nothing is.
 *
 * @param held bytes of content in the archive
 */
export function sparseProblem({ size, runs }: SparseMap, held: number): string | undefined {
  let end = 0;
  let mapped = 0;
  for (const { offset, length } of runs) {
    if (length < 0 || offset < end) return 'a sparse map whose runs overlap or are out of order';
    end = offset + length;
    mapped += length;
  }
  if (end > size) return 'a sparse map that goes beyond the end of the file';
  return mapped === held ? undefined : 'a sparse map that does not fit the content';
}
