import { isPlainToken } from '../text/plain-token.ts';

/** Whether a path in a `replace` directive is a directory of the builder's machine (Go modules reference, "replace"). */
export function isDirectory(path: string): boolean {
  return /^(?:\.{1,2}(?:[/\\]|$)|[/\\]|[A-Za-z]:[/\\])/.test(path);
}

/** Whether a text names a module that others can get: no directory, and no program that was built from files alone. */
export function isModulePath(path: string): boolean {
  return isPlainToken(path) && path !== 'command-line-arguments' && !/^[./]|[/\\]$/.test(path) && !isDirectory(path);
}

/** Hosts where a module is a repository, and a repository is the second name behind the host. */
const repositoryHosts: ReadonlySet<string> = new Set(['bitbucket.org', 'codeberg.org', 'gitee.com', 'github.com']);

/**
 * The module that a main package most likely belongs to, for programs that were built without modules, as Debian and
 * Docker do: the repository where the host tells it, else what stands before `/cmd/`.
 *
 * @returns undefined where the package is local to the builder's machine
 */
export function mainModulePath(mainPackage: string | undefined): string | undefined {
  if (mainPackage === undefined || !isModulePath(mainPackage)) return undefined;
  const [host = '', ...names] = mainPackage.split('/');
  if (!host.includes('.') || names.length === 0) return undefined;
  if (!repositoryHosts.has(host)) return mainPackage.replace(/\/cmd\/.*$/, '');
  const major = /^v\d+$/.test(names[2] ?? '');
  return [host, ...names.slice(0, major ? 3 : 2)].join('/');
}
