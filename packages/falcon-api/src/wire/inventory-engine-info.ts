import { z } from 'zod';
import { optional, stringMap } from './schema-parts.ts';

/**
 * What made the inventory, and when: `models.InventoryEngineInfoType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_inventory_engine_info_type.go
 */
export interface InventoryEngineInfo {
  readonly CWPPScannerVersion: string;
  /** RFC 3339. */
  readonly CollectedAt?: string;
  readonly EngineVersion: string;
  readonly MalwareMetadata: Readonly<Record<string, string>>;
}

/** Checks a `models.InventoryEngineInfoType`. */
export const inventoryEngineInfoSchema: z.ZodType<InventoryEngineInfo> = z.strictObject({
  CWPPScannerVersion: z.string(),
  CollectedAt: optional(z.string()),
  EngineVersion: z.string(),
  MalwareMetadata: stringMap,
});
