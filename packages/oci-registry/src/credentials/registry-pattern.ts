import { canonicalHost } from '../reference/host.ts';
import type { KeychainTarget } from './keychain.ts';
import { compileLabelGlob } from './label-glob.ts';

/** Which images a credential of a pull secret is for. */
export interface RegistryPattern {
  /** Host, port and path as they decide the order: the greatest key is the most specific one. */
  readonly key: string;
  /** Whether the pattern covers a repository. */
  matches(target: KeychainTarget): boolean;
}

interface Authority {
  readonly labels: readonly string[];
  readonly port: string;
}

function splitAuthority(authority: string): Authority {
  const [, literal, literalPort] = /^(\[[^\]]*\])(?::(.*))?$/.exec(authority) ?? [];
  if (literal !== undefined) return { labels: [literal], port: literalPort ?? '' };
  const colon = authority.indexOf(':');
  const host = colon < 0 ? authority : authority.slice(0, colon);
  return { labels: host.split('.'), port: colon < 0 ? '' : authority.slice(colon + 1) };
}

function compileLabels({ labels, port }: Authority): readonly ((label: string) => boolean)[] | undefined {
  if (!/^[0-9]{0,5}$/.test(port)) return undefined;
  const [first = ''] = labels;
  // An IPv6 literal looks like a class of characters and is none.
  if (first.startsWith('[')) return canonicalHost(first) === undefined ? undefined : [(label) => label === first];
  if (!labels.every((label) => /^[a-z0-9_*[\]-]+$/.test(label))) return undefined;
  const compiled = labels.map(compileLabelGlob);
  return compiled.every((test) => test !== undefined) ? compiled : undefined;
}

/**
 * Understands a key of a pull secret's `auths` by the rules of the kubelet: the scheme and a leading `/v1/` or `/v2/` do
 * not count, globs stand for parts of single labels of the host, ports must be equal, and the path is a prefix of the
 * repository's name, of its text and not of its components. `undefined` for a key that names no host.
 */
export function parseRegistryPattern(key: string): RegistryPattern | undefined {
  const [bare = ''] = key
    .trim()
    .replace(/^https?:\/\//i, '')
    .split(/[?#]/, 1);
  const slash = bare.indexOf('/');
  const withUser = slash < 0 ? bare : bare.slice(0, slash);
  const authority = withUser.slice(withUser.lastIndexOf('@') + 1).toLowerCase();
  const written = slash < 0 ? '' : bare.slice(slash).replace(/^\/v[12](?=\/)/, '');
  const path = written === '/' ? '' : written;
  const own = splitAuthority(authority);
  const tests = compileLabels(own);
  if (tests === undefined) return undefined;
  return {
    key: authority + path,
    matches({ registry, repository }) {
      const { labels, port } = splitAuthority(registry.toLowerCase());
      if (port !== own.port || labels.length !== tests.length) return false;
      return `/${repository}`.startsWith(path) && tests.every((test, index) => test(labels[index] ?? ''));
    },
  };
}
