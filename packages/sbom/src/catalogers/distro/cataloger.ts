import type { Cataloger } from '../../catalog/cataloger.ts';
import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding } from '../../catalog/finding.ts';
import type { ReleaseFacts } from './release-facts.ts';
import { releaseFiles } from './release-files.ts';

/** Bytes; a release file has a few hundred. */
const maxFileBytes = 64 * 1024;

/**
 * Finds out which Linux distribution an image is, from os-release(5) and the release files that came before it. Several
 * files may answer; the one that comes first in the order of trust has the lowest rank.
 */
export const distroCataloger: Cataloger<ReleaseFacts> = {
  name: 'distro',
  version: '1',
  select: {
    path: (path, kind) => releaseFiles.has(path) && kind !== 'directory' && kind !== 'special',
    known: Array.from(releaseFiles.keys()),
  },
  async extract(file) {
    if (file.kind !== 'file' || file.size === 0) return undefined;
    const text = new TextDecoder().decode(await file.bytes(maxFileBytes));
    return releaseFiles.get(file.path)?.(text);
  },
  assemble: distroFindings,
};

function* distroFindings(view: ImageView<ReleaseFacts>): Iterable<Finding> {
  for (const [rank, path] of Array.from(releaseFiles.keys()).entries()) {
    const facts = view.facts(path);
    const content = view.resolve(path);
    if (facts === undefined || content === undefined) continue;
    yield { kind: 'distro', rank, distro: { ...facts, path: content.path, layer: content.layer } };
  }
}
