import type { ServerOptions } from 'node:https';
import { type SelfSignedCertificate, selfSignedCertificate, testCertificates } from './self-signed.ts';
import type { TestRegistryOptions } from './test-registry.ts';

/** What a test registry serves https with. */
export interface ServerTls {
  /** PEM certificate that a client has to trust. */
  readonly trust: string;
  /** What a client has to prove who it is, where that is asked for. */
  readonly client: SelfSignedCertificate | undefined;
  readonly registry: ServerOptions;
  readonly storage: ServerOptions;
}

/** The TLS settings of both servers; `undefined` where they speak plain http. */
export function serverTls({ tls, clientCertificate }: TestRegistryOptions): ServerTls | undefined {
  const given = typeof tls === 'object' ? tls : undefined;
  if (clientCertificate === true) {
    const { ca, server, client } = testCertificates();
    const { key, cert } = given ?? server;
    const asked = { key, cert, ca, requestCert: true };
    const registry = { ...asked, rejectUnauthorized: true };
    return { trust: given?.cert ?? ca, client, registry, storage: { ...asked, rejectUnauthorized: false } };
  }
  if (tls === undefined || tls === false) return undefined;
  const { key, cert } = given ?? selfSignedCertificate();
  return { trust: cert, client: undefined, registry: { key, cert }, storage: { key, cert } };
}
