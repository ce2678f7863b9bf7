import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { RegistryError } from '../error.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Link-local networks and the fixed addresses of cloud metadata and platform services: what a registry could name in a
 * realm or redirect to make this process fetch the node's own credentials.
 */
const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('fd20:ce::254', 'ipv6');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('168.63.129.16', 'ipv4');

/** The bare address or name of a URL's `hostname`, without the brackets of IPv6 literals. */
function unbracketed(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a URL's `hostname` is this machine by its spelling: `localhost`, `127.0.0.0/8` or `::1`. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || isIn(loopback, unbracketed(hostname));
}

/** Whether an IP address must never be contacted because a registry said so. Names are not addresses: false. */
export function isForbiddenAddress(hostname: string): boolean {
  return isIn(forbidden, unbracketed(hostname));
}

/** The error for a forbidden address met as `hostname`. */
export function forbiddenAddress(hostname: string): RegistryError {
  return new RegistryError(
    'ADDRESS_FORBIDDEN',
    `connect ${hostname}: link-local and metadata addresses are not contacted`,
    {
      hint: 'the registry names an address that only attackers have a use for; do not trust it',
    },
  );
}

/** Name resolution that refuses names which lead to a forbidden address; for hosts that a registry named. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, options, (error, address, family) => {
    const found = typeof address === 'string' ? [address] : (address ?? []).map((entry) => entry.address);
    const refused = error === null && found.some(isForbiddenAddress) ? forbiddenAddress(hostname) : error;
    callback(refused, address, family);
  });
};
