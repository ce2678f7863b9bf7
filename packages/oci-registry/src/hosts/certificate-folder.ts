import { readdir } from 'node:fs/promises';
import { isNotFound } from '../file/read-file.ts';
import { unreadable } from './cached-files.ts';
import type { TlsSettings } from './host-tls.ts';

/**
 * TLS settings of a folder in the layout that Docker has for `certs.d/HOST`: every `*.crt` is an authority, a `*.cert`
 * is a client certificate with its key in the `*.key` of the same name, or within. In the order of names.
 *
 * Rejects with RegistryError `HOSTS_INVALID` for a folder that cannot be read.
 */
export async function certificateFolder(folder: string): Promise<TlsSettings> {
  let names: string[];
  try {
    names = (await readdir(folder)).sort();
  } catch (error) {
    if (!isNotFound(error)) throw unreadable(folder, error);
    names = [];
  }
  const keyOf = (cert: string): string | undefined => {
    const key = cert.replace(/\.cert$/, '.key');
    return names.includes(key) ? key : undefined;
  };
  return {
    authorities: names.filter((name) => name.endsWith('.crt')),
    clients: names.filter((name) => name.endsWith('.cert')).map((cert) => [cert, keyOf(cert)] as const),
  };
}
