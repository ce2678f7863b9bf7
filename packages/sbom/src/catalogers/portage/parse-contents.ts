/**
 * The path in a line of `CONTENTS`, where the line is of a file (`obj PATH MD5 MTIME`), a symbolic link
 * (`sym PATH -> TARGET MTIME`), a device or a pipe; directories belong to everybody.
 *
 * @returns without the leading slash
 */
export function contentsPath(line: string): string | undefined {
  const kind = line.slice(0, 3);
  const rest = line.slice(4);
  if (line[3] !== ' ' || !rest.startsWith('/')) return undefined;
  if (kind === 'obj') return rest.replace(/ [0-9a-f]{32} \d+$/i, '').slice(1) || undefined;
  if (kind === 'sym') {
    const arrow = rest.indexOf(' -> ');
    return arrow < 0 ? undefined : rest.slice(1, arrow) || undefined;
  }
  return kind === 'dev' || kind === 'fif' ? rest.slice(1) || undefined : undefined;
}
