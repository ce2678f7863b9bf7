/**
 * Reads `info/PACKAGE.list` (one absolute path a line, directories before what lies in them) line by line, and hands on
 * the paths that can be files: a path directly followed by one inside it is a directory.
 *
 * @returns what to call with each line, and once with `undefined` at the end
 */
export function dpkgListReader(onPath: (path: string) => void): (line: string | undefined) => void {
  let previous: string | undefined;
  return (line) => {
    // Anything not absolute is no path; `/.` is the root itself.
    const path = line?.startsWith('/') && line !== '/.' && line !== '/' ? line.slice(1) : undefined;
    if (line !== undefined && path === undefined) return;
    if (previous !== undefined && !path?.startsWith(`${previous}/`)) onPath(previous);
    previous = path;
  };
}

/** The path in a line of a `.md5sums` file: the digest, two spaces (or one and `*`), a path relative to the root. */
export function md5sumsPath(line: string): string | undefined {
  const path = /^[0-9a-f]{32} [ *](.+)$/i.exec(line)?.[1];
  return path?.replace(/^(?:\.?\/)+/, '') || undefined;
}
