import type { User } from '@kubernetes/client-node/dist/config_types.js';
import { untilAborted } from '../signal/until-aborted.ts';
import { WatcherError } from '../watcher-error.ts';
import type { CredentialSource } from './credential-source.ts';

/**
 * The token of a kubeconfig's exec plugin, run again when it expires or is refused. A plugin that gives a client
 * certificate instead of a token is not supported.
 */
export function execCredential(user: User): CredentialSource {
  let running: Promise<string> | undefined;
  let plugin: { getCredential(user: User): Promise<unknown> } | undefined;
  const run = async (): Promise<string> => {
    const { ExecAuth } = await import('@kubernetes/client-node/dist/exec_auth.js');
    // A new instance forgets the token of the one before.
    plugin ??= new ExecAuth() as unknown as NonNullable<typeof plugin>;
    return tokenOf(await askPlugin(plugin, user), user);
  };
  return {
    async authorization({ signal }) {
      signal?.throwIfAborted();
      // One process for many callers; a caller that gives up does not end it for the others.
      running ??= run().finally(() => {
        running = undefined;
      });
      return `Bearer ${await untilAborted(running, signal)}`;
    },
    refused() {
      plugin = undefined;
      return true;
    },
  };
}

async function askPlugin(plugin: { getCredential(user: User): Promise<unknown> }, user: User): Promise<unknown> {
  try {
    return await plugin.getCredential(user);
  } catch {
    // What the plugin printed may hold a token.
    throw new WatcherError('CREDENTIALS_UNREADABLE', `exec plugin ${commandOf(user)}: it failed`, {
      hint: 'Run the command of the kubeconfig by hand to see why.',
    });
  }
}

function tokenOf(credential: unknown, user: User): string {
  const token = (credential as { status?: { token?: unknown } } | null)?.status?.token;
  if (typeof token !== 'string' || token === '') {
    throw new WatcherError('CREDENTIALS_UNREADABLE', `exec plugin ${commandOf(user)}: it gave no token`);
  }
  return token;
}

function commandOf(user: User): string {
  return JSON.stringify((user.exec as { command?: unknown } | undefined)?.command ?? '');
}
