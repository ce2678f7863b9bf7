import type { Cataloger, ExtractContext, SelectedFile } from '../catalog/cataloger.ts';
import type { ProblemCode } from '../model/problem.ts';
import { SbomError } from '../sbom-error.ts';
import type { AnalyzeContext } from './analyze-context.ts';

/**
 * Runs one cataloger on one file, in this thread. Whatever it throws becomes a problem of that file, so that a hostile
 * file costs one file, unless the whole work was aborted. (Where the source itself broke, the pass rejects as well and
 * ends the layer.)
 */
export async function runExtract(
  cataloger: Cataloger,
  file: SelectedFile,
  group: ReadonlyMap<string, SelectedFile> | undefined,
  context: Pick<AnalyzeContext, 'signal' | 'problem'>,
  found: (facts: unknown) => void,
): Promise<void> {
  const report = (code: ProblemCode, reason: string) =>
    context.problem({ cataloger: cataloger.name, path: file.path, code, reason });
  const extractContext: ExtractContext = {
    signal: context.signal,
    group: group ?? new Map([[file.path, file]]),
    problem: report,
  };
  try {
    const facts = await cataloger.extract(file, extractContext);
    if (facts !== undefined) found(facts);
  } catch (error) {
    context.signal.throwIfAborted();
    const { code, reason } = problemOf(error);
    report(code, reason);
  }
}

/** What an error of one file is called in the inventory. */
export function problemOf(error: unknown): { code: ProblemCode; reason: string } {
  const code = error instanceof SbomError && error.code === 'FILE_TOO_LARGE' ? 'too-large' : 'malformed';
  return { code, reason: error instanceof Error ? error.message : String(error) };
}
