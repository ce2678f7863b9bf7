import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { InventoryScanRequest } from '@falcon-iar/falcon-api';
import {
  encodeCycloneDx,
  encodeCycloneDxXml,
  encodeJson,
  encodeSpdx,
  encodeSpdxTagValue,
  type Inventory,
  purls,
  toTable,
} from '@falcon-iar/sbom';
import { agentVersion } from '../cli/version.ts';
import { documentTool } from '../inventory/document-tool.ts';
import type { OutputFormat } from './output-spec.ts';

/** What the encoders may not find out by themselves. */
export interface EncodeContext {
  /** When the inventory was taken. */
  readonly collectedAt: Date;
  /** Reference exactly as the user wrote it. */
  readonly originalImageName: string;
}

/** Writes an inventory in one of the formats, in pieces. */
export async function encodeInventory(
  inventory: Inventory,
  format: OutputFormat,
  context: EncodeContext,
): Promise<Iterable<string>> {
  const document = { timestamp: context.collectedAt.toISOString(), tool: documentTool(agentVersion()) };
  switch (format) {
    case 'table':
      return [toTable(inventory)];
    case 'json':
      return encodeJson(inventory);
    case 'cyclonedx-json':
      return encodeCycloneDx(inventory, document);
    case 'cyclonedx-xml':
      return encodeCycloneDxXml(inventory, document);
    case 'spdx-json':
      return encodeSpdx(inventory, document);
    case 'spdx-tag-value':
      return encodeSpdxTagValue(inventory, document);
    case 'purls':
      return purls(inventory).map((purl) => `${purl}\n`);
    case 'falcon-json':
      return [`${JSON.stringify(await falconInventory(inventory, context), undefined, 2)}\n`];
  }
}

/** The upload body for an image that was scanned by hand: no cluster, no pod. */
export async function falconInventory(inventory: Inventory, context: EncodeContext): Promise<InventoryScanRequest> {
  // Only who wants this form waits for its schemas to load.
  const { toFalconInventory } = await import('@falcon-iar/falcon-api');
  return toFalconInventory(inventory, {
    agentUuid: randomUUID(),
    agentVersion: agentVersion(),
    agentVersionHash: '',
    ...{ clusterId: '', clusterName: '', helmVersion: '' },
    ...{ hostIp: '', hostName: hostname() },
    runmode: 'scan',
    originalImageName: context.originalImageName,
    collectedAt: context.collectedAt.toISOString(),
    engineVersion: agentVersion(),
  });
}
