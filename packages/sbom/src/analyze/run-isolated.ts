import type { Cataloger } from '../catalog/cataloger.ts';
import type { AnalyzeContext } from './analyze-context.ts';
import { catalogerId } from './cataloger-ids.ts';
import type { IsolatedFile, Isolation } from './isolation.ts';
import type { KeptContent } from './retained-content.ts';

/** A file whose bytes are kept, by its header. */
export type KeptFile = Omit<IsolatedFile, 'content'> & { readonly content: KeptContent };

/** Where and how an isolated extraction runs. */
export interface IsolatedRun extends Pick<AnalyzeContext, 'storage' | 'signal' | 'problem'> {
  readonly isolation: Isolation;
  /** Whether nobody looks at the bytes afterwards, so that they can be given away. */
  readonly last: boolean;
}

/**
 * Runs an isolated cataloger on files whose bytes are kept. In memory they are handed over without a copy where nobody
 * needs them any more, else as a copy where the byte budget has room for one; what lies in scratch is read from there.
 *
 * @throws whatever keeps it from running at all; the signal's reason
 */
export async function runIsolated(
  cataloger: Cataloger,
  files: readonly [KeptFile, ...KeptFile[]],
  run: IsolatedRun,
  found: (facts: unknown) => void,
): Promise<void> {
  const releases: (() => void)[] = [];
  const prepare = (file: KeptFile): IsolatedFile => {
    const { path, mode, uid, gid, mtime, size, head, content } = file;
    const { bytes, release } = handOver(content, run);
    if (release !== undefined) releases.push(release);
    return { path, mode, uid, gid, mtime, size, head, content: bytes };
  };
  const [main, ...others] = files;
  const task = {
    cataloger: catalogerId(cataloger),
    deadline: cataloger.isolate?.deadline ?? Number.POSITIVE_INFINITY,
    files: [prepare(main), ...others.map(prepare)] as const,
  };
  try {
    const { facts, problems } = await run.isolation.extract(task, { signal: run.signal });
    for (const { code, reason } of problems) {
      run.problem({ cataloger: cataloger.name, path: main.path, code, reason });
    }
    if (facts !== undefined) found(facts);
  } finally {
    for (const release of releases) release();
  }
}

function handOver(
  content: KeptContent,
  { last, storage }: IsolatedRun,
): { readonly bytes: IsolatedFile['content']; readonly release?: () => void } {
  const { buffer } = content;
  if (buffer === undefined) return { bytes: content };
  if (last) return { bytes: buffer };
  const release = storage.budget.tryAcquire(buffer.byteLength);
  return release === undefined ? { bytes: content } : { bytes: buffer.slice(), release };
}
