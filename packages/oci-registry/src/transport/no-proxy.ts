import { BlockList, isIP } from 'node:net';
import { isLoopbackHost } from './address.ts';

/** Whether one entry of NO_PROXY covers a host. */
type Rule = (host: string, port: string) => boolean;

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const family = isIP(address);
  if (family === 0) return undefined;
  return family === 6 ? 'ipv6' : 'ipv4';
}

function networkRule(entry: string): Rule | undefined {
  const [, address = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
  const family = familyOf(address);
  if (family === undefined || Number(bits) > (family === 'ipv6' ? 128 : 32)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return (host) => {
    const hostFamily = familyOf(host);
    return hostFamily !== undefined && list.check(host, hostFamily);
  };
}

/** `host:port`, `[ipv6]:port`, or either without the port; an IPv6 address without brackets has none. */
function splitEntry(entry: string): { name: string; port: string } {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return { name: bracketed ?? plain ?? entry, port };
}

function ruleOf(entry: string): Rule | undefined {
  if (entry === '*') return () => true;
  const network = networkRule(entry);
  if (network !== undefined) return network;
  const { name: written, port } = splitEntry(entry);
  const name = written.replace(/^\*(?=\.)/, '');
  if (name === '' || name === '.') return undefined;
  const isAddress = familyOf(name) !== undefined;
  const address = isAddress ? networkRule(`${name}/${isIP(name) === 6 ? 128 : 32}`) : undefined;
  const suffix = name.startsWith('.') ? name : `.${name}`;
  return (host, hostPort) => {
    if (port !== '' && port !== hostPort) return false;
    return address?.(host, hostPort) ?? (host === name || host.endsWith(suffix));
  };
}

/**
 * Compiles a value of NO_PROXY as Go programs understand it (golang.org/x/net/http/httpproxy): entries separated by
 * commas or white space; `example.com` covers itself and what is below, `.example.com` and `*.example.com` only what is
 * below; `host:port` that port only; IP addresses and CIDR blocks cover hosts that are written as addresses, names are
 * not resolved; `*` covers everything. Loopback hosts are always covered.
 */
export function compileNoProxy(value: string): (url: URL) => boolean {
  const entries = value.toLowerCase().split(/[\s,]+/);
  const rules = entries.map(ruleOf).filter((rule) => rule !== undefined);
  return ({ hostname, port, protocol }) => {
    if (isLoopbackHost(hostname)) return true;
    const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const effectivePort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
    return rules.some((rule) => rule(host, effectivePort));
  };
}
