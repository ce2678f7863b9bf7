import { randomUUID } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import { openStoreDatabase, type StoreDatabase } from './store-database.ts';
import type { StoredInventories, StoredInventory } from './stored-inventories.ts';

/** What became of an upload. */
export type Stored =
  | { readonly outcome: 'new' | 'repeat'; readonly repeats: number }
  | { readonly outcome: 'full'; readonly reason: string };

interface Row {
  readonly id: string;
  readonly digest: string;
  readonly agent: string;
  readonly host: 'api' | 'upload';
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly repeats: number;
  readonly bytes: number;
}

/** Bytes of one body: no file, whoever has written it, is blown up beyond this. */
const maxBodyText = 2 ** 30;

const columns = 'id, digest, agent, host, first_seen AS firstSeen, last_seen AS lastSeen, repeats, bytes';

/**
 * The inventories the double has accepted: one for each image digest and agent, with the newest body. An upload is on
 * disk before it is answered.
 */
export class InventoryStore implements StoredInventories {
  readonly #database: StoreDatabase;
  readonly #maxBytes: number;

  /**
   * @param directory - `undefined`: in memory.
   * @param maxBytes - Of all bodies, compressed.
   * @throws FalconError `OPTIONS_INVALID` where the directory cannot be used.
   */
  constructor(directory: string | undefined, maxBytes: number) {
    this.#database = openStoreDatabase(directory);
    this.#maxBytes = maxBytes;
  }

  /** Inventories stored. */
  get size(): number {
    return this.#database.get<{ count: number }>('SELECT count(*) AS count FROM inventories')?.count ?? 0;
  }

  /**
   * Stores an upload; one with the digest and agent of another takes its place and counts as a repeat.
   *
   * @param now - Milliseconds since the epoch.
   */
  add(request: InventoryScanRequest, host: 'api' | 'upload', now: number): Stored {
    const text = Buffer.from(JSON.stringify(request));
    const body = zstdCompressSync(text);
    const key = [request.inventory.ImageInfo.Digest, request.agent_uuid] as const;
    return this.#database.transaction(() => {
      const known = this.#database.get<{ repeats: number; size: number }>(
        'SELECT repeats, length(body) AS size FROM inventories WHERE digest = ? AND agent = ?',
        ...key,
      );
      const taken = this.#database.get<{ total: number }>('SELECT total FROM body_bytes')?.total ?? 0;
      if (taken - (known?.size ?? 0) + body.length > this.#maxBytes) {
        return { outcome: 'full', reason: `the store is full: ${taken} of ${this.#maxBytes} bytes are taken` };
      }
      if (known === undefined) {
        this.#database.run(
          'INSERT INTO inventories (id, digest, agent, host, first_seen, last_seen, bytes, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
          ...[randomUUID(), ...key, host, now, now, text.length, body],
        );
        return { outcome: 'new', repeats: 0 };
      }
      this.#database.run(
        'UPDATE inventories SET host = ?, last_seen = ?, repeats = repeats + 1, bytes = ?, body = ? WHERE digest = ? AND agent = ?',
        ...[host, now, text.length, body, ...key],
      );
      return { outcome: 'repeat', repeats: known.repeats + 1 };
    });
  }

  list(): Iterable<StoredInventory> {
    return this.#select('ORDER BY number');
  }

  get(id: string): StoredInventory | undefined {
    return this.#select('WHERE id = ?', id)[0];
  }

  ofImage(digest: string): readonly StoredInventory[] {
    return this.#select('WHERE digest = ? ORDER BY number', digest);
  }

  /** Releases the file. May be called twice. */
  close(): void {
    this.#database.close();
  }

  #select(clause: string, ...values: string[]): StoredInventory[] {
    const rows = this.#database.all<Row>(`SELECT ${columns} FROM inventories ${clause}`, ...values);
    return rows.map((row) => ({ ...row, request: () => this.#readBody(row.id) }));
  }

  #readBody(id: string): InventoryScanRequest {
    const row = this.#database.get<{ body: Uint8Array }>('SELECT body FROM inventories WHERE id = ?', id);
    const text = zstdDecompressSync(row?.body ?? new Uint8Array(), { maxOutputLength: maxBodyText });
    return JSON.parse(text.toString('utf8'));
  }
}
