import { decodeKubeconfig } from './decode-kubeconfig.ts';
import { Stanza, type StanzaOrigin } from './stanza.ts';

/** What a kubeconfig says, by name, or several of them together. Only what is used of it is looked at more closely. */
export interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Stanza>;
  readonly clusters: ReadonlyMap<string, Stanza>;
  readonly users: ReadonlyMap<string, Stanza>;
}

/**
 * Reads a kubeconfig in YAML or JSON (Kubernetes `kubeconfig` v1).
 *
 * @throws WatcherError `OPTIONS_INVALID` for text that is no kubeconfig, and for two entries of one name in a list, which
 * kubectl refuses too.
 */
export async function parseKubeconfig(text: string, origin: StanzaOrigin): Promise<Kubeconfig> {
  const whole = new Stanza(origin, '', await decodeKubeconfig(text, origin.file));
  if ((whole.text('kind') ?? 'Config') !== 'Config') throw whole.problem('kind', 'is not Config');
  if ((whole.text('apiVersion') ?? 'v1') !== 'v1') throw whole.problem('apiVersion', 'is not v1');
  return {
    currentContext: whole.text('current-context'),
    contexts: byName(whole, 'contexts', 'context'),
    clusters: byName(whole, 'clusters', 'cluster'),
    users: byName(whole, 'users', 'user'),
  };
}

function byName(whole: Stanza, section: string, field: string): ReadonlyMap<string, Stanza> {
  const entries = new Map<string, Stanza>();
  for (const [index, entry] of whole.stanzas(section).entries()) {
    const name = entry.text('name') ?? '';
    if (entries.has(name)) {
      throw whole.problem(`${section}[${index}]`, `has the name of an earlier one, ${JSON.stringify(name)}`);
    }
    entries.set(name, entry.child(field));
  }
  return entries;
}
