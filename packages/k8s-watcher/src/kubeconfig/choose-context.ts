import { WatcherError } from '../watcher-error.ts';
import type { Kubeconfig } from './parse-kubeconfig.ts';
import type { Stanza } from './stanza.ts';

/** The cluster and user of a context; no user is anonymous. */
export interface ChosenContext {
  readonly cluster: Stanza;
  readonly user: Stanza | undefined;
}

/** @throws WatcherError `OPTIONS_INVALID` where the context, or what it names, is not there. */
export function chooseContext(config: Kubeconfig, context: string | undefined): ChosenContext {
  const name = context || config.currentContext;
  const chosen = name === undefined ? undefined : config.contexts.get(name);
  if (chosen === undefined) {
    const what = name === undefined ? 'current-context is not set' : `there is no context ${JSON.stringify(name)}`;
    throw new WatcherError('OPTIONS_INVALID', `kubeconfig: ${what}`, {
      hint: `It has: ${listNames(config.contexts)}.`,
    });
  }
  const userName = chosen.text('user');
  const user = userName === undefined ? undefined : find(config.users, 'user', userName);
  return { cluster: find(config.clusters, 'cluster', chosen.text('cluster') ?? ''), user };
}

function find(section: ReadonlyMap<string, Stanza>, kind: string, name: string): Stanza {
  const found = section.get(name);
  if (found === undefined) {
    throw new WatcherError('OPTIONS_INVALID', `kubeconfig: there is no ${kind} ${JSON.stringify(name)}`);
  }
  return found;
}

function listNames(section: ReadonlyMap<string, Stanza>): string {
  const names = [...section.keys()].slice(0, 20).map((name) => JSON.stringify(name));
  return `${names.join(', ') || 'none'}${section.size > names.length ? ', …' : ''}`;
}
