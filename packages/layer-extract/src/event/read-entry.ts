import type { ExtractLimits } from '../extract-limits.ts';
import { exceedsBytes, normalizeLayerPath } from '../path/normalize-layer-path.ts';
import { metaPrefix, readMarker } from '../path/whiteout.ts';
import type { TarEntry } from '../tar/tar-entry.ts';
import { BodyContent } from './body-content.ts';
import type { EntryHeader, FileEvent, LinkEntry, ProblemEntry } from './file-event.ts';

/** Longest raw path that a problem repeats. */
const shownLength = 256;

/** An overlay mount ignores the mark on its root, so a container may have files that the view, as specified, hides. */
const opaqueRoot =
  'the image root is marked opaque: by the image-spec lower layers are hidden, on overlayfs they are not';

const bookkeeping = 'bookkeeping of aufs is not read, but containerd unpacks such a directory and what lies in it';

/** The events that one tar entry stands for: mostly one, none for what is ignored. */
export function readEntry(entry: TarEntry, limits: ExtractLimits): FileEvent[] {
  const { path, problem: pathProblem } = normalizeLayerPath(entry.name, limits);
  if (path === undefined) return [problem(entry.name, pathProblem)];
  const marker = readMarker(path);
  if (marker?.kind === 'ignored') return isUnpacked(path, entry) ? [problem(entry.name, bookkeeping)] : [];
  if (marker?.kind === 'problem') return [problem(entry.name, marker.reason)];
  if (marker?.kind === 'opaque' && marker.path === '') return [marker, problem(entry.name, opaqueRoot)];
  if (marker !== undefined) return [marker];
  if (path === '' && entry.type !== 'directory') return [problem(entry.name, 'the image root can only be a directory')];
  return describe(entry, path, limits);
}

/** Whether containerd unpacks what this package takes for bookkeeping: directories in the root, with all below them. */
function isUnpacked(path: string, { type }: TarEntry): boolean {
  return path.startsWith(metaPrefix) && (type === 'directory' || path.includes('/'));
}

/** A problem event; a path that nobody could read is cut. */
export function problem(rawPath: string, reason: string): ProblemEntry {
  const path = rawPath.length > shownLength ? `${rawPath.slice(0, shownLength)}…` : rawPath;
  return { kind: 'problem', path, reason };
}

function describe(entry: TarEntry, path: string, limits: ExtractLimits): FileEvent[] {
  const { mode, uid, gid, mtime } = entry;
  const header: EntryHeader = { path, mode, uid, gid, mtime };
  switch (entry.type) {
    case 'file':
      // Not `...header`: of all kinds this one is made most often.
      return [
        { path, mode, uid, gid, mtime, kind: 'file', size: entry.size, content: new BodyContent(path, entry.body) },
      ];
    case 'directory':
    case 'special':
      return [{ ...header, kind: entry.type }];
    case 'symlink':
      return [symlink(header, entry, limits)];
    case 'hardlink':
      return [hardlink(header, entry, limits)];
    case 'unknown':
      return [problem(entry.name, 'entry of an unknown type')];
  }
}

function symlink(header: EntryHeader, entry: TarEntry, limits: ExtractLimits): LinkEntry | ProblemEntry {
  const target = entry.linkName;
  if (target === '' || target.includes('\0')) return problem(entry.name, 'symbolic link without a valid target');
  if (exceedsBytes(target, limits.pathBytes)) {
    return problem(entry.name, `link target is longer than ${limits.pathBytes} bytes`);
  }
  return { ...header, kind: 'symlink', target };
}

function hardlink(header: EntryHeader, entry: TarEntry, limits: ExtractLimits): LinkEntry | ProblemEntry {
  const target = normalizeLayerPath(entry.linkName, limits);
  if (target.path === undefined) return problem(entry.name, `hard link target: ${target.problem}`);
  if (target.path === '') return problem(entry.name, 'hard link without a target');
  return { ...header, kind: 'hardlink', target: target.path };
}
