import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';

/** A digest that is safe as a file name: a known algorithm and its number of hexadecimal digits. */
const digestForm: RegExp = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/** Keeps accepted inventories in memory, the newest ones, and as files where a directory is given. */
export class InventoryStore {
  readonly kept: InventoryScanRequest[] = [];
  readonly #directory: string | undefined;
  readonly #keep: number;

  constructor(directory: string | undefined, keep: number) {
    this.#directory = directory;
    this.#keep = keep;
  }

  /** Makes the directory. */
  async open(): Promise<void> {
    if (this.#directory !== undefined) {
      await mkdir(this.#directory, { recursive: true });
    }
  }

  /** Why an inventory cannot be stored; `undefined` where it can. */
  refusal(request: InventoryScanRequest): string | undefined {
    return this.#directory === undefined || digestForm.test(request.inventory.ImageInfo.Digest)
      ? undefined
      : 'inventory.ImageInfo.Digest: not a digest, so it names no file';
  }

  /** Stores an inventory that `refusal` has no objection to; a file appears whole or not at all. */
  async add(request: InventoryScanRequest): Promise<void> {
    if (this.#directory !== undefined) {
      await writeWhole(this.#directory, `${request.inventory.ImageInfo.Digest.replace(':', '-')}.json`, request);
    }
    this.kept.push(request);
    this.kept.splice(0, this.kept.length - this.#keep);
  }
}

async function writeWhole(directory: string, name: string, value: unknown): Promise<void> {
  const draft = join(directory, `.${randomUUID()}.tmp`);
  try {
    await writeFile(draft, JSON.stringify(value), { flag: 'wx' });
    await rename(draft, join(directory, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
