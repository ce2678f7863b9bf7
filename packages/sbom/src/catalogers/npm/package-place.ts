/**
 * Whether Node.js and package managers look for a package here: `node_modules/name/package.json` or
 * `node_modules/@scope/name/package.json`, in any directory.
 */
export function isPackagePlace(path: string): boolean {
  return /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(path);
}

/** Whether a path lies in something installed; lock files there came with a package and are in effect for nobody. */
export function isBelowNodeModules(path: string): boolean {
  return path.startsWith('node_modules/') || path.includes('/node_modules/');
}
