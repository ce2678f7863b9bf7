/**
 * A regular file's mode as `ls` writes it, such as `-rwxr-xr-x`. Set-user-id and set-group-id show as `s` in place of
 * `x`, sticky as `t`; in capitals where the bit has no execute permission with it.
 *
 * @param mode - The lower twelve bits count.
 */
export function formatPermissions(mode: number): string {
  return `-${triad(mode >> 6, mode & 0o4000, 's')}${triad(mode >> 3, mode & 0o2000, 's')}${triad(mode, mode & 0o1000, 't')}`;
}

function triad(bits: number, special: number, letter: 's' | 't'): string {
  const execute = (bits & 1) !== 0;
  const plain = execute ? 'x' : '-';
  const marked = execute ? letter : letter.toUpperCase();
  return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${special ? marked : plain}`;
}
