/** What stands for all that is hidden; its length says nothing. */
const blot = '******';

/**
 * Shows enough of a secret to recognise it and too little to use it: at most four characters of its begin and two of its
 * end, and never more than a fifth.
 */
export function maskSecret(secret: string): string {
  const shown = Math.min(6, Math.floor(secret.length / 5));
  const last = Math.floor(shown / 3);
  return `${secret.slice(0, shown - last)}${blot}${last === 0 ? '' : secret.slice(-last)}`;
}
