import { z } from 'zod';
import { type HighEntropyFile, highEntropyFileSchema } from './high-entropy-strings.ts';
import { type ImageInventory, imageInventorySchema } from './image-inventory.ts';
import { type ScanRequest, scanRequestSchema } from './scan-request.ts';
import { arrayOf, optional } from './schema-parts.ts';

/**
 * The body of the inventory upload: `models.InventoryScanRequestType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_inventory_scan_request_type.go
 */
export interface InventoryScanRequest {
  /** Id of the agent that sends. */
  readonly agent_uuid: string;
  readonly agent_version: string;
  /** The commit the agent was built from. */
  readonly agent_version_hash: string;
  readonly cluster_id: string;
  readonly cluster_name: string;
  /** The runtime's id of the container, without scheme. */
  readonly container_id?: string;
  readonly ephemeral_scan?: boolean;
  readonly helm_version: string;
  /** Secret candidates by file. */
  readonly high_entropy_strings?: readonly HighEntropyFile[];
  readonly host_ip: string;
  readonly host_name: string;
  readonly inventory: ImageInventory;
  /** The image as the workload names it. */
  readonly original_image_name: string;
  readonly pod_id?: string;
  readonly pod_name?: string;
  readonly pod_namespace?: string;
  /** `watcher` or `socket`. */
  readonly runmode: string;
  /** `docker`, `containerd`, `crio`, `podman`. */
  readonly runtime_type?: string;
  readonly scan_request: ScanRequest;
}

/**
 * Checks an upload body by the letter of the published schema: every required member, every type, no member the schema
 * does not know. `null` is read as an empty array wherever the schema has an array, because Go clients write it so.
 */
export const inventoryScanRequestSchema: z.ZodType<InventoryScanRequest> = z.strictObject({
  agent_uuid: z.string(),
  agent_version: z.string(),
  agent_version_hash: z.string(),
  cluster_id: z.string(),
  cluster_name: z.string(),
  container_id: optional(z.string()),
  ephemeral_scan: optional(z.boolean()),
  helm_version: z.string(),
  high_entropy_strings: optional(arrayOf(highEntropyFileSchema)),
  host_ip: z.string(),
  host_name: z.string(),
  inventory: imageInventorySchema,
  original_image_name: z.string(),
  pod_id: optional(z.string()),
  pod_name: optional(z.string()),
  pod_namespace: optional(z.string()),
  runmode: z.string(),
  runtime_type: optional(z.string()),
  scan_request: scanRequestSchema,
});
