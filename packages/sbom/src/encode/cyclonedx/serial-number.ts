import { createHash } from 'node:crypto';
import type { Inventory } from '../../model/inventory.ts';
import { encodeJson } from '../encode-json.ts';

/** The namespace of these UUIDs, chosen once at random. */
const namespace = Buffer.from('b3f6c1d05a7e4c8f9d2184e6a0c75b39', 'hex');

/**
 * A serial number that follows from the content: equal inventories have equal ones. A UUID of version 5 (RFC 9562) of
 * the SHA-256 of the inventory's JSON form.
 */
export function serialNumberOf(inventory: Inventory): string {
  const content = createHash('sha256');
  for (const chunk of encodeJson(inventory)) content.update(chunk);
  const bytes = createHash('sha1').update(namespace).update(content.digest('hex')).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `urn:uuid:${groups.join('-')}`;
}
