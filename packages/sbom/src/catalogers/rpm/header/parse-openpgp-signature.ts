/** What an OpenPGP signature says of itself; nothing is verified here. */
export interface OpenPgpSignature {
  /** Id of the key that made it: 16 lower-case hexadecimal digits. */
  readonly keyId: string;
  /** `RSA`, `DSA`, `ECDSA`, `EdDSA`, … ; the number where it has no name here. */
  readonly publicKeyAlgorithm: string;
  /** `SHA256`, … ; the number where it has no name here. */
  readonly hashAlgorithm: string;
  /** Seconds since 1970. */
  readonly created?: number;
}

/** RFC 9580, section 9.1. */
const publicKeyAlgorithms: Readonly<Record<number, string>> = {
  ...{ 1: 'RSA', 3: 'RSA', 17: 'DSA', 19: 'ECDSA', 22: 'EdDSA', 27: 'Ed25519', 28: 'Ed448' },
};
/** RFC 9580, section 9.5. */
const hashAlgorithms: Readonly<Record<number, string>> = {
  ...{ 1: 'MD5', 2: 'SHA1', 3: 'RIPEMD160', 8: 'SHA256', 9: 'SHA384', 10: 'SHA512', 11: 'SHA224' },
  ...{ 12: 'SHA3-256', 14: 'SHA3-512' },
};

const signaturePacket = 2;
const creationTime = 2;
const issuerKeyId = 16;
const issuerFingerprint = 33;

/**
 * Reads the first packet of a signature (RFC 9580, section 5.2, versions 3, 4 and 6). Never throws.
 *
 * @returns undefined where it is none, or does not name its key
 */
export function parseOpenPgpSignature(bytes: Uint8Array): OpenPgpSignature | undefined {
  const body = packetBody(bytes);
  if (body === undefined || body.length < 12) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const version = view.getUint8(0);
  if (version === 3) return version3(body, view);
  if (version !== 4 && version !== 6) return undefined;
  const lengthBytes = version === 6 ? 4 : 2;
  const hashed = areaAt(body, view, 4, lengthBytes);
  const unhashed = hashed && areaAt(body, view, hashed.end, lengthBytes);
  if (hashed === undefined || unhashed === undefined) return undefined;
  const subpackets = new Map([...readSubpackets(unhashed.bytes), ...readSubpackets(hashed.bytes)]);
  const keyId = keyIdOf(subpackets);
  if (keyId === undefined) return undefined;
  const created = subpackets.get(creationTime);
  return {
    ...{ keyId, ...algorithms(view.getUint8(2), view.getUint8(3)) },
    ...(created?.length === 4 && { created: Buffer.from(created).readUInt32BE(0) }),
  };
}

function version3(body: Uint8Array, view: DataView): OpenPgpSignature | undefined {
  if (body.length < 17 || view.getUint8(1) !== 5) return undefined;
  return {
    keyId: hex(body.subarray(7, 15)),
    ...algorithms(view.getUint8(15), view.getUint8(16)),
    created: view.getUint32(3),
  };
}

function algorithms(publicKey: number, hash: number): Omit<OpenPgpSignature, 'keyId'> {
  return {
    publicKeyAlgorithm: publicKeyAlgorithms[publicKey] ?? String(publicKey),
    hashAlgorithm: hashAlgorithms[hash] ?? String(hash),
  };
}

/** The content of a signature packet, whose head comes in two forms (RFC 9580, section 4.2). */
function packetBody(bytes: Uint8Array): Uint8Array | undefined {
  const [tag = 0] = bytes;
  if ((tag & 0x80) === 0) return undefined;
  if ((tag & 0x40) !== 0) {
    const length = (tag & 0x3f) === signaturePacket ? newLength(bytes, 1) : undefined;
    return length && bytes.subarray(length.end, length.end + length.value);
  }
  if ((tag & 0x3c) >>> 2 !== signaturePacket || (tag & 3) === 3) return undefined;
  const lengthBytes = 1 << (tag & 3);
  if (bytes.length < 1 + lengthBytes) return undefined;
  const start = 1 + lengthBytes;
  return bytes.subarray(start, start + Buffer.from(bytes.subarray(1, start)).readUIntBE(0, lengthBytes));
}

/** A length of one, two or five bytes. */
function newLength(bytes: Uint8Array, at: number): { value: number; end: number } | undefined {
  const [first, second = 0] = bytes.subarray(at);
  if (first === undefined) return undefined;
  if (first < 192) return { value: first, end: at + 1 };
  if (first < 224) return { value: (first - 192) * 256 + second + 192, end: at + 2 };
  if (first !== 255 || at + 5 > bytes.length) return undefined;
  return { value: Buffer.from(bytes.subarray(at + 1, at + 5)).readUInt32BE(0), end: at + 5 };
}

function areaAt(
  body: Uint8Array,
  view: DataView,
  at: number,
  lengthBytes: 2 | 4,
): { bytes: Uint8Array; end: number } | undefined {
  const start = at + lengthBytes;
  if (start > body.length) return undefined;
  const end = start + (lengthBytes === 2 ? view.getUint16(at) : view.getUint32(at));
  return end > body.length ? undefined : { bytes: body.subarray(start, end), end };
}

function* readSubpackets(area: Uint8Array): Generator<[type: number, content: Uint8Array]> {
  for (let at = 0; at < area.length; ) {
    const length = newLength(area, at);
    if (length === undefined || length.value === 0 || length.end + length.value > area.length) return;
    const [type = 0] = area.subarray(length.end);
    // The highest bit says only whether it may be ignored.
    yield [type & 0x7f, area.subarray(length.end + 1, length.end + length.value)];
    at = length.end + length.value;
  }
}

function keyIdOf(subpackets: ReadonlyMap<number, Uint8Array>): string | undefined {
  const stated = subpackets.get(issuerKeyId);
  if (stated?.length === 8) return hex(stated);
  const fingerprint = subpackets.get(issuerFingerprint);
  if (fingerprint === undefined || fingerprint.length < 21) return undefined;
  // Keys of version 4 go by the end of their fingerprint, later ones by its start.
  return fingerprint[0] === 4 ? hex(fingerprint.subarray(13, 21)) : hex(fingerprint.subarray(1, 9));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
