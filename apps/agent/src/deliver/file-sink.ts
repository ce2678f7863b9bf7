import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { encodeCycloneDx, encodeJson, type Inventory } from '@falcon-iar/sbom';
import { documentTool } from '../inventory/document-tool.ts';
import { type ReportContexts, type Sink, SinkRejection } from './sink.ts';

/** How reports are written to a directory. */
export interface FileSinkOptions {
  /** As the setting names it. */
  readonly name: string;
  readonly directory: string;
  readonly agentVersion: string;
}

type StoredInventory = Inventory & { readonly context: ReportContexts['contexts']; readonly contextsOmitted?: number };

/**
 * Writes each report to `DIR/<algorithm>-<hex>/`: `sbom.cdx.json` and `inventory.json`, the latter with `context`: where
 * the image was seen. A file appears under its name only when it is whole and on the disk.
 */
export function createFileSink({ name, directory, agentVersion }: FileSinkOptions): Sink {
  const folderOf = (identity: string): string => join(directory, identity.replace(':', '-'));
  return {
    name,
    async send({ identity, inventory, collectedAt, contexts, contextsOmitted }, { signal }) {
      const folder = folderOf(identity);
      await mkdir(folder, { recursive: true });
      const sbom = encodeCycloneDx(inventory, { timestamp: collectedAt, tool: documentTool(agentVersion) });
      await writeWhole(join(folder, 'sbom.cdx.json'), sbom, signal);
      const stored = withContexts(inventory, { contexts, contextsOmitted });
      await writeWhole(join(folder, 'inventory.json'), encodeJson(stored), signal);
    },
    async extend(identity, contexts, { signal }) {
      const file = join(folderOf(identity), 'inventory.json');
      const before = await readIfThere(file, signal);
      // Whoever took the file away does not want it back.
      if (before === undefined) return;
      const stored = withContexts(parseStored(before, file), contexts);
      await writeWhole(file, encodeJson(stored), signal);
    },
    close: async () => undefined,
  };
}

function withContexts(
  inventory: Inventory | StoredInventory,
  { contexts, contextsOmitted }: ReportContexts,
): StoredInventory {
  return { ...inventory, context: contexts, ...(contextsOmitted > 0 && { contextsOmitted }) };
}

async function readIfThere(file: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await text(createReadStream(file, { signal }));
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseStored(text: string, file: string): StoredInventory {
  try {
    return JSON.parse(text) as StoredInventory;
  } catch (cause) {
    throw new SinkRejection(`${file} is not the inventory that was written there`, { cause });
  }
}

async function writeWhole(file: string, pieces: Iterable<string>, signal: AbortSignal): Promise<void> {
  const part = `${file}.${randomUUID()}.part`;
  try {
    await using handle = await open(part, 'wx', 0o644);
    for (const piece of pieces) {
      signal.throwIfAborted();
      // Unlike write, it does not stop half way when the disk takes only a part.
      await handle.writeFile(piece);
    }
    await handle.sync();
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
