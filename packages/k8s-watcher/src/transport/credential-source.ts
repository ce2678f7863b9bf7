import { readFile } from 'node:fs/promises';
import { WatcherError } from '../watcher-error.ts';

/** Where the `Authorization` header of each request comes from. */
export interface CredentialSource {
  /** The header's value, `undefined` where a certificate or nothing authenticates. */
  authorization(options: { readonly signal?: AbortSignal | undefined }): Promise<string | undefined>;
  /**
   * The server refused what `authorization` gave. `true` where a fresh value may differ, so that asking once more makes
   * sense.
   */
  refused(): boolean;
}

/** A bearer token that never changes; none at all without one. */
export function staticCredential(token: string | undefined): CredentialSource {
  const value = token === undefined ? undefined : `Bearer ${token}`;
  return { authorization: async () => value, refused: () => false };
}

/** How long a token file's content is used before it is read again; the kubelet rotates it long before it expires. */
const rereadAfter = 60_000;

/** A bearer token in a file that something else renews, such as a projected service account token. */
export function tokenFileCredential(path: string, now: () => number): CredentialSource {
  let token: string | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    async authorization({ signal }) {
      // A clock that was set back must not keep a token for ever.
      const age = now() - readAt;
      if (token === undefined || age >= rereadAfter || age < 0) {
        token = await readToken(path, signal);
        readAt = now();
      }
      return `Bearer ${token}`;
    },
    refused() {
      token = undefined;
      return true;
    },
  };
}

async function readToken(path: string, signal: AbortSignal | undefined): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, { encoding: 'utf8', ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new WatcherError('CREDENTIALS_UNREADABLE', `read ${path}: the token file cannot be read`, { cause });
  }
  const token = text.trim();
  if (!/^[\x21-\x7e]{1,65536}$/.test(token)) {
    throw new WatcherError('CREDENTIALS_UNREADABLE', `read ${path}: the file does not hold one token`);
  }
  return token;
}
