import { baseName, parentName } from '../../catalog/path-selection.ts';

/** Which file of a Go module a path is. */
export type GoModuleFile = 'go.mod' | 'go.sum' | 'modules.txt';

/**
 * The role of a path. Files in the module cache (directories `name@v1.2.3`) and in test data say nothing of what is used
 * here: each module there came with the `go.mod` of its own authors.
 */
export function goModuleFile(path: string): GoModuleFile | undefined {
  if (/@v\d[^/]*\/|(?:^|\/)testdata\//.test(path)) return undefined;
  const name = baseName(path);
  if (name === 'modules.txt') return parentName(path) === 'vendor' ? 'modules.txt' : undefined;
  return name === 'go.mod' || name === 'go.sum' ? name : undefined;
}
