import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOpenPgpSignature } from './parse-openpgp-signature.ts';
import { uint32 } from './rpm-header.test-support.ts';

const keyId = '199e2f91fd431d51';
const keyBytes = Buffer.from(keyId, 'hex');
const subpacket = (type: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([content.length + 1, type]), content]);
const area = (bytes: Buffer, width: 2 | 4): Buffer => Buffer.concat([uint32(bytes.length).subarray(4 - width), bytes]);
const created = subpacket(2, uint32(1_700_000_000));

/** RSA and SHA-256 with these subpackets, hashed and not. */
const body = (version: 4 | 6, hashed: Buffer, unhashed: Buffer): Buffer => {
  const width = version === 6 ? 4 : 2;
  return Buffer.concat([Buffer.from([version, 0, 1, 8]), area(hashed, width), area(unhashed, width), Buffer.alloc(20)]);
};
const oldPacket = (content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x89]), uint32(content.length).subarray(2), content]);
const newPacket = (content: Buffer): Buffer =>
  content.length < 192
    ? Buffer.concat([Buffer.from([0xc2, content.length]), content])
    : Buffer.concat([Buffer.from([0xc2, 255]), uint32(content.length), content]);

const byKeyId = body(4, created, subpacket(16, keyBytes));

describe('parseOpenPgpSignature', () => {
  const expected = { keyId, publicKeyAlgorithm: 'RSA', hashAlgorithm: 'SHA256', created: 1_700_000_000 };

  it.each([
    ['an old packet', oldPacket(byKeyId)],
    ['a new packet', newPacket(byKeyId)],
    ['a long new packet', newPacket(Buffer.concat([byKeyId, Buffer.alloc(300)]))],
    [
      'a fingerprint of version 4',
      oldPacket(
        body(
          4,
          Buffer.concat([created, subpacket(33, Buffer.concat([Buffer.from([4]), Buffer.alloc(12), keyBytes]))]),
          Buffer.alloc(0),
        ),
      ),
    ],
    [
      'a fingerprint of version 6',
      newPacket(
        body(
          6,
          Buffer.concat([created, subpacket(33, Buffer.concat([Buffer.from([6]), keyBytes, Buffer.alloc(24)]))]),
          Buffer.alloc(0),
        ),
      ),
    ],
    [
      'version 3',
      oldPacket(Buffer.concat([Buffer.from([3, 5, 0]), uint32(1_700_000_000), keyBytes, Buffer.from([1, 8, 0, 0])])),
    ],
  ])('reads the key of %s', (_, bytes) => {
    expect(parseOpenPgpSignature(bytes)).toEqual(expected);
  });

  it('gives the number of an algorithm it has no name for', () => {
    const unknown = Buffer.from(byKeyId);
    unknown.set([99, 98], 2);
    expect(parseOpenPgpSignature(oldPacket(unknown))).toMatchObject({ publicKeyAlgorithm: '99', hashAlgorithm: '98' });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a public key', Buffer.concat([Buffer.from([0x99, 0, 100]), byKeyId])],
    ['a packet without end', Buffer.concat([Buffer.from([0x8b]), byKeyId])],
    ['another version', oldPacket(Buffer.concat([Buffer.from([5]), byKeyId.subarray(1)]))],
    ['a signature that names no key', oldPacket(body(4, created, Buffer.alloc(0)))],
    ['subpackets beyond the end', oldPacket(Buffer.concat([Buffer.from([4, 0, 1, 8, 255, 255]), Buffer.alloc(20)]))],
  ])('has nothing to say of %s', (_, bytes) => {
    expect(parseOpenPgpSignature(bytes)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0x88, 0x89, 0x8a, 0xc2), (bytes, tag) => {
        parseOpenPgpSignature(bytes);
        parseOpenPgpSignature(Buffer.concat([Buffer.from([tag, bytes.length, 4]), bytes]));
        parseOpenPgpSignature(Buffer.concat([Buffer.from([tag, bytes.length, 6]), bytes]));
      }),
    );
  });
});
