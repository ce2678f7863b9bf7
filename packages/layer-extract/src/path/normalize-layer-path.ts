import { type ExtractLimits, extractLimits } from '../extract-limits.ts';

/** A path inside the image root, or why there is none. */
export type NormalizedPath =
  | { readonly path: string; readonly problem?: never }
  | { readonly path?: never; readonly problem: string };

/** Not the form most entries have: an empty name, or one that begins with a dot. */
const mayNeedCleaning = /^[./]|\/[./]|\/$/;

/**
 * Brings a path of an archive to the one form this package uses: relative to the image root, `/` between names, none in
 * front or behind, no `.` and no empty name; the root itself is `''`. `..` goes up by name, as runtimes do it when they
 * clean a header's name, and a path that leaves the root is a problem, never cut to fit.
 */
export function normalizeLayerPath(
  raw: string,
  limits: Pick<ExtractLimits, 'pathBytes' | 'pathDepth'> = extractLimits,
): NormalizedPath {
  if (raw.includes('\0')) return { problem: 'path contains a zero byte' };
  const path = mayNeedCleaning.test(raw) ? clean(raw) : raw;
  if (path === undefined) return { problem: 'path leaves the image root' };
  if (exceedsBytes(path, limits.pathBytes)) return { problem: `path is longer than ${limits.pathBytes} bytes` };
  if (exceedsDepth(path, limits.pathDepth)) return { problem: `path has more than ${limits.pathDepth} names` };
  return { path };
}

/** Whether `text` takes more than `limit` bytes as UTF-8. */
export function exceedsBytes(text: string, limit: number): boolean {
  if (text.length > limit) return true;
  return text.length * 3 > limit && Buffer.byteLength(text) > limit;
}

function clean(raw: string): string | undefined {
  const names: string[] = [];
  for (const name of raw.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names.join('/');
}

function exceedsDepth(path: string, limit: number): boolean {
  if (path.length <= limit) return false;
  let names = 1;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    names += 1;
    if (names > limit) return true;
  }
  return false;
}
