import { RuntimeError } from '../runtime-error.ts';

/** The innermost system error code (`ENOENT`) or undici code of an error, if it has one. */
function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
  }
  return undefined;
}

/**
 * Makes of a failure of the socket what it means. An error of this package stays as it is.
 *
 * @param where `METHOD socket/path`
 */
export function socketError(error: unknown, where: string): RuntimeError {
  if (error instanceof RuntimeError) return error;
  const cause = error;
  const code = codeOf(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENOTSOCK':
      return new RuntimeError('NOT_FOUND', `${where}: there is no socket`, {
        cause,
        hint: 'name the socket the runtime listens on',
      });
    case 'EACCES':
    case 'EPERM':
      return new RuntimeError('PERMISSION', `${where}: permission denied`, {
        cause,
        hint: "run as root or as a member of the socket's group",
      });
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return new RuntimeError('CLOSED', `${where}: the runtime was closed`, { cause });
    default:
      if (code?.startsWith('HPE_')) {
        return new RuntimeError('INVALID_RESPONSE', `${where}: the answer is not HTTP`, { cause });
      }
      return new RuntimeError('UNAVAILABLE', `${where}: the runtime does not answer (${code ?? 'broken connection'})`, {
        cause,
        retryable: true,
      });
  }
}
