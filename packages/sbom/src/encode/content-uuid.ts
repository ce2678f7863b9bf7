import { createHash } from 'node:crypto';
import type { Inventory } from '../model/inventory.ts';
import { encodeJson } from './encode-json.ts';

/** The namespace of these UUIDs, chosen once at random. */
const namespace = Buffer.from('b3f6c1d05a7e4c8f9d2184e6a0c75b39', 'hex');

/**
 * A UUID that follows from the content: equal inventories have equal ones. Of version 5 (RFC 9562), over the SHA-256 of
 * the inventory's JSON form.
 *
 * @param more - what else makes the document another one
 */
export function contentUuid(inventory: Inventory, more = ''): string {
  const content = createHash('sha256');
  for (const chunk of encodeJson(inventory)) content.update(chunk);
  const bytes = createHash('sha1').update(namespace).update(content.digest('hex')).update(more).digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
