import { hash, randomBytes } from 'node:crypto';

/** Under which secret candidates are hashed. */
export interface SecretKey {
  /** 32 random bytes. */
  readonly key: Uint8Array;
  /** Names the key without telling it: facts made under another are not taken for this one's. */
  readonly keyId: string;
}

/** Gives a key its name. */
export function secretKey(key: Uint8Array): SecretKey {
  return { key, keyId: hash('sha256', key, 'hex').slice(0, 12) };
}

/** A key for one run: its hashes tell secrets of that run apart, and nothing beyond. */
export function passingSecretKey(): SecretKey {
  return secretKey(randomBytes(32));
}
