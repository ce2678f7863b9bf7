import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';

/** An accepted inventory in the store of the double. Two uploads with one image digest from one agent are one of these. */
export interface StoredInventory {
  /** A UUID given when it was first stored; the same after a restart. */
  readonly id: string;
  /** `inventory.ImageInfo.Digest` as it was sent. */
  readonly digest: string;
  /** `agent_uuid` as it was sent. */
  readonly agent: string;
  /** Host that took the newest upload of it. */
  readonly host: 'api' | 'upload';
  /** When its first upload was taken: milliseconds since the epoch. */
  readonly firstSeen: number;
  /** When its newest upload was taken: milliseconds since the epoch. */
  readonly lastSeen: number;
  /** Uploads of it after the first. */
  readonly repeats: number;
  /** Bytes of its body as JSON. */
  readonly bytes: number;
  /** The newest body, read from the store at each call; `null` arrays have become empty ones. */
  request(): InventoryScanRequest;
}

/** What the read side of the double needs of its store. Everything is answered at once, from memory or from a file. */
export interface StoredInventories {
  /** How many there are. */
  readonly size: number;
  /** All of them, in the order of their first upload. What is stored during the loop may be missed. */
  list(): Iterable<StoredInventory>;
  /** The one with this `id`. */
  get(id: string): StoredInventory | undefined;
  /** Those of an image, one for each agent that sent it, in the order of their first upload. */
  ofImage(digest: string): readonly StoredInventory[];
}
