import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A private key with the certificate for it, both PEM. */
export interface SelfSignedCertificate {
  readonly key: string;
  /** Trust this to trust the server. */
  readonly cert: string;
}

/** One DER value: tag, length, content (X.690). */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), body]);
  const size = length < 0x100 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), size, body]);
}

const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content);
const octets = (...content: readonly Uint8Array[]): Buffer => der(0x04, ...content);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const bits = (content: Uint8Array): Buffer => der(0x03, Buffer.from([0]), content);
const time = (text: string): Buffer => der(0x17, Buffer.from(text, 'latin1'));

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const commonName = '550403';
const subjectAltName = '551d11';
const basicConstraints = '551d13';

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(oid(commonName), der(0x0c, Buffer.from(text)))));
}

function extensions(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) => {
    const ipv4 = /^\d+\.\d+\.\d+\.\d+$/.test(host);
    return ipv4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host, 'latin1'));
  });
  const isAuthority = sequence(der(0x01, Buffer.from([0xff])));
  return sequence(
    sequence(oid(basicConstraints), der(0x01, Buffer.from([0xff])), octets(isAuthority)),
    sequence(oid(subjectAltName), octets(sequence(...names))),
  );
}

/**
 * Makes a key and a self-signed certificate (RFC 5280) for tests, valid from 2020 to 2049.
 *
 * @param hosts DNS names and IPv4 addresses it is for
 */
export function selfSignedCertificate(hosts: readonly string[] = ['localhost', '127.0.0.1']): SelfSignedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = nameOf('falcon-iar test registry');
  const certificate = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions(hosts)),
  );
  const signature = sign('sha256', certificate, privateKey);
  const encoded = sequence(certificate, ecdsaWithSha256, bits(signature)).toString('base64');
  const lines = encoded.match(/.{1,64}/g)?.join('\n') ?? '';
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
