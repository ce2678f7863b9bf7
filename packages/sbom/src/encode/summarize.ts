import type { Inventory } from '../model/inventory.ts';
import { comparePaths } from '../model/order.ts';

/** An inventory in numbers. */
export interface InventorySummary {
  readonly packages: number;
  /** Packages by purl type, the most frequent type first. */
  readonly byType: readonly { readonly type: string; readonly packages: number }[];
  readonly files: number;
  readonly models: number;
  readonly secrets: number;
  readonly problems: number;
  /** False where something could not be read. */
  readonly complete: boolean;
}

/** Counts what an inventory holds. */
export function summarize(inventory: Inventory): InventorySummary {
  const { packages, files, models, secrets, problems, complete } = inventory;
  const counts = new Map<string, number>();
  for (const { type } of packages) counts.set(type, (counts.get(type) ?? 0) + 1);
  const byType = Array.from(counts, ([type, count]) => ({ type, packages: count }));
  byType.sort((a, b) => b.packages - a.packages || comparePaths(a.type, b.type));
  return {
    ...{ packages: packages.length, byType, files: files.length, models: models.length },
    ...{ secrets: secrets.length, problems: problems.length, complete },
  };
}
