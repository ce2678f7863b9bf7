import { issueCertificate } from './x509.ts';

/** A private key with the certificate for it, both PEM. */
export interface SelfSignedCertificate {
  readonly key: string;
  /** Trust this to trust the server. */
  readonly cert: string;
}

const ownHosts: readonly string[] = ['localhost', '127.0.0.1'];

/**
 * Makes a key and a self-signed certificate (RFC 5280) for tests, valid from 2020 to 2049.
 *
 * @param hosts DNS names and IPv4 addresses it is for
 */
export function selfSignedCertificate(hosts: readonly string[] = ownHosts): SelfSignedCertificate {
  const { key, cert } = issueCertificate({ name: 'falcon-iar test registry', hosts, isAuthority: true });
  return { key, cert };
}

/** An authority with a server and a client that it vouches for, all PEM. */
export interface TestCertificates {
  /** Certificate of the authority: who trusts it trusts the others. */
  readonly ca: string;
  readonly server: SelfSignedCertificate;
  readonly client: SelfSignedCertificate;
}

/**
 * Makes an authority, a server certificate and a client certificate (RFC 5280) for tests of mutual TLS, valid from 2020
 * to 2049.
 *
 * @param hosts DNS names and IPv4 addresses the server is for
 */
export function testCertificates(hosts: readonly string[] = ownHosts): TestCertificates {
  const authority = issueCertificate({ name: 'falcon-iar test authority', isAuthority: true });
  const issue = (name: string, names?: readonly string[]): SelfSignedCertificate => {
    const { key, cert } = issueCertificate({ name, hosts: names, isAuthority: false, issuer: authority.issuer });
    return { key, cert };
  };
  const server = issue('falcon-iar test server', hosts);
  return { ca: authority.cert, server, client: issue('falcon-iar test client') };
}
