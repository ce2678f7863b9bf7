import { isIPv6 } from 'node:net';

const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Splits `host[:port]` or `[ipv6][:port]`; `undefined` where it is neither. */
function splitPort(text: string): { host: string; port: string | undefined } | undefined {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end < 0) return undefined;
    const rest = text.slice(end + 1);
    if (rest === '') return { host: text.slice(0, end + 1), port: undefined };
    return rest.startsWith(':') ? { host: text.slice(0, end + 1), port: rest.slice(1) } : undefined;
  }
  const colon = text.indexOf(':');
  if (colon < 0) return { host: text, port: undefined };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

function isHostName(text: string): boolean {
  if (text.length === 0 || text.length > 253) return false;
  return text.split('.').every((part) => part.length <= 63 && label.test(part));
}

/**
 * Canonical form of a registry host: lower case, `index.docker.io` as `docker.io`, the port kept as written. Returns
 * `undefined` for what is not a host: the grammar of distribution's `domain`, with IPv6 literals checked for real.
 */
export function canonicalHost(text: string): string | undefined {
  const lower = text.toLowerCase();
  const parts = splitPort(lower);
  if (parts === undefined) return undefined;
  if (parts.port !== undefined && (!/^[0-9]{1,5}$/.test(parts.port) || Number(parts.port) > 65535)) return undefined;
  const literal = parts.host.startsWith('[');
  const inner = parts.host.slice(1, -1);
  if (literal ? !isIPv6(inner) || inner.includes('%') : !isHostName(parts.host)) return undefined;
  return lower === 'index.docker.io' ? 'docker.io' : lower;
}
