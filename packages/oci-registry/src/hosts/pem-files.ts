import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { cachedFiles } from './cached-files.ts';
import { invalidHosts } from './hosts-error.ts';

/** A client certificate and its key, both PEM. */
export interface ClientIdentity {
  readonly cert: string;
  readonly key: string;
}

/** Reads certificates and keys that a configuration names; they are checked, so the mistake is told with its file. */
export interface PemFiles {
  /** Certificates of authorities, as the file has them. Rejects with `HOSTS_INVALID` where there are none. */
  authority(path: string, signal: AbortSignal | undefined): Promise<string>;
  /**
   * A client certificate with its key.
   *
   * @param keyPath where the key is in a file of its own
   */
  identity(certPath: string, keyPath: string | undefined, signal: AbortSignal | undefined): Promise<ClientIdentity>;
}

interface Certificate {
  readonly pem: string;
  readonly certificate: X509Certificate;
}

interface Key {
  readonly pem: string;
  readonly key: KeyObject;
}

function parseCertificate(path: string, pem: string): Certificate {
  try {
    return { pem, certificate: new X509Certificate(pem) };
  } catch {
    throw invalidHosts(path, 'no certificate in PEM form');
  }
}

function parseKey(path: string, pem: string): Key {
  try {
    return { pem, key: createPrivateKey(pem) };
  } catch {
    // No cause: nothing about a key is to be told.
    throw invalidHosts(path, 'no private key in PEM form', 'keys must not be encrypted');
  }
}

function present<Value>(path: string, value: Value | undefined): Value {
  if (value === undefined) throw invalidHosts(path, 'ENOENT', 'the configuration names this file; put it there');
  return value;
}

/** Makes a reader that keeps files as long as they do not change. */
export function pemFiles(): PemFiles {
  const certificates = cachedFiles(parseCertificate);
  const keys = cachedFiles(parseKey);
  return {
    async authority(path, signal) {
      return present(path, await certificates(path, signal)).pem;
    },
    async identity(certPath, keyPath = certPath, signal) {
      const { pem: cert, certificate } = present(certPath, await certificates(certPath, signal));
      const { pem, key } = present(keyPath, await keys(keyPath, signal));
      if (!certificate.checkPrivateKey(key)) throw invalidHosts(keyPath, `not the key of ${certPath}`);
      return { cert, key: pem };
    },
  };
}
