import { UsageError } from '../cli/usage-error.ts';

const maxPasswordBytes = 64 * 1024;

/**
 * The password from standard input, without its line end, where `--password-stdin` asks for it.
 *
 * @throws UsageError when only one of user name and password is given, or the input is empty or endless
 */
export async function readPassword(
  options: { readonly username?: string; readonly passwordStdin?: boolean },
  stdin: AsyncIterable<Uint8Array | string> = process.stdin,
): Promise<string | undefined> {
  if (!options.passwordStdin) {
    if (options.username === undefined) return undefined;
    throw new UsageError('--username needs a password', 'add --password-stdin and pipe the password in');
  }
  if (options.username === undefined) {
    throw new UsageError('--password-stdin needs a user name', 'add --username NAME');
  }
  let text = '';
  for await (const chunk of stdin) {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    if (text.length > maxPasswordBytes) throw new UsageError('the password on standard input is over 64 KiB');
  }
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new UsageError('standard input holds no password', 'pipe it in: … < password-file');
  return password;
}
