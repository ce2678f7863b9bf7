import type { Inventory } from '../model/inventory.ts';

/** The package URLs of an inventory, each once, sorted. */
export function purls(inventory: Inventory): string[] {
  return Array.from(new Set(inventory.packages.map(({ purl }) => purl))).sort();
}
