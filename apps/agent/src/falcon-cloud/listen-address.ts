import { isIP } from 'node:net';
import { UsageError } from '../cli/usage-error.ts';

/** Where a server is to listen. */
export interface ListenAddress {
  /** An IP address. */
  readonly address: string;
  /** 0: any that is free. */
  readonly port: number;
}

const loopback = '127.0.0.1';
/** The last port that leaves room for the hosts after the first. */
const lastPort = 65_000;

/**
 * Reads `ADDRESS`, `PORT`, `ADDRESS:PORT` or `[IPV6]:PORT`.
 *
 * @throws UsageError where it is none of them
 */
export function parseListenAddress(text: string): ListenAddress {
  const plain = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(plain) !== 0) return { address: plain, port: 0 };
  const [, bracketed, name, digits = ''] = /^(?:(?:\[([\da-f:.]+)\]|([\d.]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  const address = bracketed ?? name ?? loopback;
  const port = Number(digits);
  if (digits === '' || isIP(address) === 0 || port > lastPort) {
    throw new UsageError(
      `--listen ${text} is no address to listen on`,
      `give an IP address, a port up to ${lastPort}, or both: 127.0.0.1:8080`,
    );
  }
  return { address, port };
}
