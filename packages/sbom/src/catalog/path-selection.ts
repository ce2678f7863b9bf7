import type { Selection } from './cataloger.ts';
import type { EntryKind } from './layer-event.ts';

/** Whether a selection takes an entry by its path and kind, whatever is in it. */
export function selectsPath(selection: Selection, path: string, kind: EntryKind): boolean {
  const { names, suffixes, directories } = selection;
  if (names === undefined && suffixes === undefined && directories === undefined) {
    return selection.path?.(path, kind) ?? false;
  }
  const name = baseName(path);
  const matches =
    names?.includes(name) ||
    (suffixes !== undefined && endsWithAny(name.toLowerCase(), suffixes)) ||
    directories?.includes(parentName(path));
  if (matches !== true) return false;
  return selection.path?.(path, kind) ?? (kind === 'file' || kind === 'symlink' || kind === 'hardlink');
}

/** The last name of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The name before the last one of a path; empty at the top. */
export function parentName(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '' : path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}

function endsWithAny(name: string, suffixes: readonly string[]): boolean {
  return suffixes.some((suffix) => name.endsWith(suffix));
}
