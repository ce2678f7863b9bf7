import type { Cataloger } from '../catalog/cataloger.ts';
import type { AnalyzeContext } from './analyze-context.ts';
import { readsApart } from './reads-apart.ts';
import { retainedFile } from './retained-file.ts';
import { runExtract } from './run-extract.ts';
import { type KeptFile, runIsolated } from './run-isolated.ts';

/** Where kept files are extracted. */
export interface KeptContext extends Pick<AnalyzeContext, 'storage' | 'isolation' | 'signal' | 'problem'> {
  /** Whether nobody looks at the bytes afterwards. */
  readonly last: boolean;
}

/**
 * Runs one cataloger on files that are kept, apart where it asks for that and the host offers it, else here.
 *
 * @param files - A group, the main file first; or one file.
 * @throws what keeps an isolation from working; the signal's reason
 */
export function extractKept(
  cataloger: Cataloger,
  files: readonly [KeptFile, ...KeptFile[]],
  context: KeptContext,
  found: (facts: unknown) => void,
): Promise<void> {
  const { isolation } = context;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (isolation !== undefined && readsApart(cataloger, size)) {
    return runIsolated(cataloger, files, { ...context, isolation }, found);
  }
  const [main, ...others] = files.map((file) => retainedFile({ ...file, kind: 'file' }, file.content));
  const group = new Map([main!, ...others].map((file) => [file.path, file]));
  return runExtract(cataloger, main!, group, context, found);
}
