import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { SelfSignedCertificate } from './self-signed.ts';

/** A key with what it signs certificates as. */
export interface Issuer {
  readonly name: string;
  readonly privateKey: KeyObject;
}

/** What a certificate says. */
export interface CertificateSpec {
  /** Common name. */
  readonly name: string;
  /** DNS names and IPv4 addresses it is for; none for a client. */
  readonly hosts?: readonly string[] | undefined;
  /** Whether it may sign others. */
  readonly isAuthority: boolean;
  /** Who signs it. Default itself. */
  readonly issuer?: Issuer | undefined;
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

function extensions({ hosts = [], isAuthority }: CertificateSpec): Buffer {
  const names = hosts.map((host) => {
    const ipv4 = /^\d+\.\d+\.\d+\.\d+$/.test(host);
    return ipv4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host, 'latin1'));
  });
  const critical = der(0x01, Buffer.from([0xff]));
  const constraints = isAuthority ? sequence(critical) : sequence();
  return sequence(
    sequence(oid(basicConstraints), critical, octets(constraints)),
    ...(names.length > 0 ? [sequence(oid(subjectAltName), octets(sequence(...names)))] : []),
  );
}

/** Makes a P-256 key and a certificate for it (RFC 5280), valid from 2020 to 2049. */
export function issueCertificate(spec: CertificateSpec): SelfSignedCertificate & { readonly issuer: Issuer } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = { name: spec.name, privateKey };
  const { issuer = own } = spec;
  const certificate = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer.name),
    sequence(time('200101000000Z'), time('491231235959Z')),
    nameOf(spec.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions(spec)),
  );
  const signature = sign('sha256', certificate, issuer.privateKey);
  const encoded = sequence(certificate, ecdsaWithSha256, bits(signature)).toString('base64');
  const lines = encoded.match(/.{1,64}/g)?.join('\n') ?? '';
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    issuer: own,
  };
}
