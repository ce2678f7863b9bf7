import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { InventoryDocument } from './inventory-document.ts';

/** Where a container ran, as the file sink writes it. */
export interface ReportContext {
  readonly namespace?: string;
  readonly podName?: string;
  readonly podUid?: string;
  readonly containerName?: string;
  readonly containerId?: string;
  readonly nodeName?: string;
  readonly hostName?: string;
}

/** An `inventory.json` of the file sink. */
export interface FileReport extends InventoryDocument {
  readonly context: readonly ReportContext[];
}

/** Reads the report of an image out of the directory of a file sink. */
export async function readReport(directory: string, digest: string): Promise<FileReport> {
  const file = join(directory, digest.replace(':', '-'), 'inventory.json');
  return JSON.parse(await readFile(file, 'utf8')) as FileReport;
}

/** The containers that a report tells of: by name or, where they have none, by id. */
export function containersOf({ context }: FileReport): (string | undefined)[] {
  return context.map(({ containerName, containerId }) => containerName ?? containerId).sort();
}

/** Waits until a report tells of a container. */
export async function reportWith(directory: string, digest: string, container: string): Promise<FileReport> {
  return await vi.waitFor(
    async () => {
      const report = await readReport(directory, digest);
      if (containersOf(report).includes(container)) return report;
      throw new Error(`the report of ${digest} has ${containersOf(report)}, not ${container}`);
    },
    { timeout: 120_000, interval: 100 },
  );
}
