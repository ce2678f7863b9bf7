import type { ProblemEntry } from '../event/file-event.ts';
import { walkLayer } from '../event/walk-layer.ts';
import { TocComparison } from './toc-comparison.ts';
import type { TocWalk } from './walk-toc.ts';

/** The file that holds the table itself, which the table does not list. */
const tocPath = 'stargz.index.json';

/**
 * Reads the whole layer and tells every difference between its archive and its table of contents, contents included.
 *
 * @throws as `walkLayer`
 */
export async function verifyFull({ toc, blob, limits, signal }: TocWalk): Promise<readonly ProblemEntry[]> {
  const comparison = new TocComparison(toc, limits);
  const whole = {
    mediaType: blob.mediaType,
    open: (options?: { signal?: AbortSignal }) => blob.readRange(0, blob.size, options),
  };
  for await (const event of walkLayer(whole, signal === undefined ? { limits } : { limits, signal })) {
    if (event.kind === 'file' && event.path === tocPath && toc.format === 'estargz') continue;
    if (event.kind === 'problem' && event.path === '') comparison.report('', event.reason);
    const entry = comparison.header(event);
    if (entry !== undefined && event.kind === 'file') await comparison.content(event.path, event.content, entry);
  }
  comparison.reportUnseen();
  return comparison.problems;
}
