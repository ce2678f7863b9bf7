import { randomBytes } from 'node:crypto';
import type { Connection } from './connection.ts';

const keyBytes = 32;

/**
 * The key under which secret candidates are hashed: made with the state file and kept in it, so that the same secret has
 * the same hash as long as the file lives, and in no other installation. Facts in the file are always of this key.
 *
 * @throws StoreError
 */
export function secretKeyOf(connection: Connection): Uint8Array {
  const kept = connection.get<{ value: string }>("SELECT value FROM meta WHERE key = 'secret-key'")?.value;
  if (kept !== undefined) return Buffer.from(kept, 'hex');
  const key = randomBytes(keyBytes);
  connection.run("INSERT INTO meta VALUES ('secret-key', ?)", key.toString('hex'));
  return key;
}
