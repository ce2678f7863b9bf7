import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './run-tool.ts';

/** A certificate with its key, both as PEM and as files for programs that read such. */
export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate authority that nobody trusts but who is told to. */
export interface PrivateAuthority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  readonly certificateFile: string;
  /** Signs a certificate. @param names DNS names and IPv4 addresses of a server, or the one name of a client */
  issue(...names: readonly [string, ...string[]]): Promise<IssuedCertificate>;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Makes an authority with OpenSSL; its files lie in the folder, which is made. */
export async function privateAuthority(directory: string): Promise<PrivateAuthority> {
  await mkdir(directory, { recursive: true });
  const file = (name: string): string => join(directory, name);
  const [certificateFile, authorityKey] = [file('ca.pem'), file('ca.key')];
  await runTool('openssl', [
    ...['req', '-x509', ...newKey, '-subj', '/CN=falcon-iar test authority', '-days', '30'],
    ...['-keyout', authorityKey, '-out', certificateFile],
  ]);
  return {
    certificate: await readFile(certificateFile, 'utf8'),
    certificateFile,
    async issue(...names) {
      const [first] = names;
      const [keyFile, request, extensions] = [file(`${first}.key`), file(`${first}.csr`), file(`${first}.ext`)];
      const certFile = file(`${first}.pem`);
      const alternatives = names.map((name) => `${/^[0-9.]+$/.test(name) ? 'IP' : 'DNS'}:${name}`);
      await writeFile(extensions, `subjectAltName=${alternatives.join(',')}\nbasicConstraints=CA:FALSE\n`);
      await runTool('openssl', ['req', ...newKey, '-subj', `/CN=${first}`, '-keyout', keyFile, '-out', request]);
      await runTool('openssl', [
        ...['x509', '-req', '-in', request, '-CA', certificateFile, '-CAkey', authorityKey, '-CAcreateserial'],
        ...['-days', '30', '-extfile', extensions, '-out', certFile],
      ]);
      return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8'), certFile, keyFile };
    },
  };
}
