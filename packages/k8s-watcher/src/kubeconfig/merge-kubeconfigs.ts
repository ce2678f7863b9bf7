import type { Kubeconfig } from './parse-kubeconfig.ts';
import type { Stanza } from './stanza.ts';

/**
 * Several kubeconfigs as one: the first that sets a value wins. An entry is one value; fields that only a later entry of
 * the same name has are dropped with it.
 */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  const first = (section: 'contexts' | 'clusters' | 'users'): ReadonlyMap<string, Stanza> =>
    new Map(configs.toReversed().flatMap((config) => [...config[section]]));
  return {
    currentContext: configs.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    contexts: first('contexts'),
    clusters: first('clusters'),
    users: first('users'),
  };
}
