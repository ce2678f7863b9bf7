import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ExecPlugin } from '../kubeconfig/exec-plugin.ts';
import { untilAborted } from '../signal/until-aborted.ts';
import { WatcherError } from '../watcher-error.ts';
import type { CredentialSource } from './credential-source.ts';

/** ms a plugin may take; it asks a service, and has no terminal to ask a person. */
const maxRunTime = 60_000;
/** Bytes a plugin may print. */
const maxOutput = 1024 * 1024;

interface PluginToken {
  readonly token: string;
  /** ms since the epoch. */
  readonly expires: number;
}

/**
 * The token that an exec plugin prints (client.authentication.k8s.io), which runs again when its token expires or is
 * refused. A plugin that gives a client certificate instead of a token is not supported.
 *
 * @param now - ms since the epoch.
 */
export function execCredential(plugin: ExecPlugin, now: () => number): CredentialSource {
  let running: Promise<PluginToken> | undefined;
  let known: PluginToken | undefined;
  const run = async (): Promise<PluginToken> => {
    try {
      known = tokenOf(await runPlugin(plugin), plugin);
      return known;
    } finally {
      running = undefined;
    }
  };
  return {
    async authorization({ signal }) {
      signal?.throwIfAborted();
      if (known !== undefined && known.expires > now()) return `Bearer ${known.token}`;
      // One process for many callers; a caller that gives up does not end it for the others.
      running ??= run();
      const { token } = await untilAborted(running, signal);
      return `Bearer ${token}`;
    },
    refused() {
      known = undefined;
      return true;
    },
  };
}

async function runPlugin(plugin: ExecPlugin): Promise<string> {
  const { command, args, environment } = plugin;
  const running = promisify(execFile)(command, args, {
    ...(environment && { env: { ...environment } }),
    timeout: maxRunTime,
    killSignal: 'SIGKILL',
    maxBuffer: maxOutput,
  });
  running.child.stdin?.end();
  try {
    return (await running).stdout;
  } catch (cause) {
    throw new WatcherError('CREDENTIALS_UNREADABLE', `exec plugin ${JSON.stringify(command)}: ${failureOf(cause)}`, {
      // What the plugin printed may hold a token, so the error that has it is not kept as the cause.
      hint: 'Run the command of the kubeconfig by hand to see why.',
    });
  }
}

function failureOf(cause: unknown): string {
  const { code, killed } = cause as { code?: unknown; killed?: unknown };
  if (code === 'ENOENT') return 'there is no such program';
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `it printed more than ${maxOutput} bytes`;
  if (killed === true) return `it did not end within ${maxRunTime} ms`;
  return typeof code === 'number' ? `it failed with exit code ${code}` : 'it failed';
}

function tokenOf(output: string, plugin: ExecPlugin): PluginToken {
  const { token, expirationTimestamp } = statusOf(output);
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new WatcherError('CREDENTIALS_UNREADABLE', `exec plugin ${JSON.stringify(plugin.command)}: it gave no token`);
  }
  // A time that is not understood is past, so that the token is used once.
  const isForever = expirationTimestamp === undefined || expirationTimestamp === null;
  return { token, expires: isForever ? Number.POSITIVE_INFINITY : Date.parse(String(expirationTimestamp)) };
}

function statusOf(output: string): { readonly token?: unknown; readonly expirationTimestamp?: unknown } {
  try {
    return (JSON.parse(output) as { status?: object } | null)?.status ?? {};
  } catch {
    // The parser's message quotes the output; that there is no token says enough.
    return {};
  }
}
