import { type CredentialSource, staticCredential, tokenFileCredential } from '../transport/credential-source.ts';
import { execCredential } from '../transport/exec-credential.ts';
import { WatcherError } from '../watcher-error.ts';
import { type Environment, readExecPlugin } from './exec-plugin.ts';
import type { ServerAccess } from './server-access.ts';
import type { Stanza } from './stanza.ts';

/** What credentials depend on beside the user's own fields. */
export interface CredentialSurroundings {
  readonly access: ServerAccess;
  /** Whether a client certificate authenticates, which makes an exec plugin needless. */
  readonly hasCertificate: boolean;
  readonly environment: Environment | undefined;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
}

/**
 * What a user of a kubeconfig sends as `Authorization`. `tokenFile` goes before `token`, which is used where the file
 * cannot be read; an exec plugin runs only where nothing else authenticates.
 *
 * @throws WatcherError `OPTIONS_INVALID` for contradictions and auth-provider, `CREDENTIALS_UNREADABLE` for a token file.
 */
export async function userCredentials(user: Stanza, surroundings: CredentialSurroundings): Promise<CredentialSource> {
  if (user.has('auth-provider')) {
    throw user.problem(
      'auth-provider',
      'is not supported',
      'Use an exec plugin, which replaced it in Kubernetes 1.26.',
    );
  }
  const hasToken = user.text('token') !== undefined || user.text('tokenFile') !== undefined;
  const basic = basicAuthorization(user);
  if (hasToken && basic !== undefined) throw user.problem('username', 'or password is set beside a token');
  if (hasToken) return await tokenCredential(user, surroundings);
  if (basic !== undefined) return { authorization: async () => basic, refused: () => false };
  if (surroundings.hasCertificate || !user.has('exec')) return staticCredential(undefined);
  const plugin = readExecPlugin(user.child('exec'), surroundings.access, surroundings.environment);
  return execCredential(plugin, surroundings.now);
}

function basicAuthorization(user: Stanza): string | undefined {
  const [name, password] = [user.text('username'), user.text('password')];
  if (name === undefined && password === undefined) return undefined;
  return `Basic ${Buffer.from(`${name ?? ''}:${password ?? ''}`, 'utf8').toString('base64')}`;
}

async function tokenCredential(
  user: Stanza,
  { now, signal }: Pick<CredentialSurroundings, 'now' | 'signal'>,
): Promise<CredentialSource> {
  const token = user.text('token');
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw user.problem('token', 'has characters that no token has');
  }
  const path = user.path('tokenFile');
  if (path === undefined) return staticCredential(token);
  const file = tokenFileCredential(path, now);
  if (token !== undefined) return fallBack(file, token);
  // A file that is not there is told now, not at the first request.
  await file.authorization({ signal });
  return file;
}

function fallBack(file: CredentialSource, token: string): CredentialSource {
  return {
    async authorization(options) {
      try {
        return await file.authorization(options);
      } catch (error) {
        // An unreadable file is no failure here: the kubeconfig names the token for this very case.
        if (error instanceof WatcherError) return `Bearer ${token}`;
        throw error;
      }
    },
    refused: () => file.refused(),
  };
}
