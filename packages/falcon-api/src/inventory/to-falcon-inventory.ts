import { cidWithoutChecksum } from '../cloud/customer-id.ts';
import { FalconError } from '../falcon-error.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { ApplicationPackageInfo } from '../wire/application-package-info.ts';
import type { ImageInfo } from '../wire/image-info.ts';
import type { ImageInventory } from '../wire/image-inventory.ts';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import type { LayerInfo } from '../wire/layer-info.ts';
import type { ScanInfo, ScanRequest } from '../wire/scan-request.ts';
import { toApplicationPackages } from './application-packages.ts';
import { dateTimeMember, toConfigInfo, toImageDocument } from './config-document.ts';
import { toElfBinaries, toHashedFiles, toHighEntropyFiles, toMlModels, toWhiteoutFiles } from './file-entries.ts';
import type { FalconInventoryContext } from './inventory-context.ts';
import type { InputLayer, InventoryInput } from './inventory-input.ts';
import { toManifestDocument } from './manifest-document.ts';
import { toOsInfo, toPackages } from './os-packages.ts';
import { splitReference } from './split-reference.ts';

/** What can be set where the cloud's own values are not public. */
export interface FalconInventoryOptions {
  /** Numbers for package types, over those of `applicationPackageTypes`. */
  readonly applicationPackageTypes?: Readonly<Record<string, number>>;
  /** `ImageInfo.source`. Default: left out. */
  readonly source?: string;
  /**
   * What layers are called by, in `Layers[].Digest` and in every `LayerHash`: the digest of the blob as stored, or that of
   * its uncompressed content where it is known. Default `digest`.
   */
  readonly layerHash?: 'digest' | 'diffId';
  /** `Layers[].type`. Default 0. */
  readonly layerType?: number;
}

/**
 * The upload body for an inventory. Deterministic: equal input gives equal output, member order included.
 *
 * @throws FalconError `OPTIONS_INVALID` for a package type number that is no `int32` or a layer type that is no `int64`.
 */
export function toFalconInventory(
  inventory: InventoryInput,
  context: FalconInventoryContext,
  options: FalconInventoryOptions = {},
): InventoryScanRequest {
  const { layerType = 0 } = options;
  if (!Number.isSafeInteger(layerType)) {
    throw new FalconError('OPTIONS_INVALID', 'layerType: not an int64');
  }
  const named = options.layerHash === 'diffId' ? { ...inventory, layers: inventory.layers.map(byDiffId) } : inventory;
  // The manifest speaks of blobs whatever the cloud calls a layer.
  const image = { ...toImageInventory(named, context, options, layerType), Manifest: toManifestDocument(inventory) };
  return omitUndefined({
    agent_uuid: context.agentUuid,
    agent_version: context.agentVersion,
    agent_version_hash: context.agentVersionHash,
    cluster_id: context.clusterId,
    cluster_name: context.clusterName,
    container_id: context.containerId?.replace(/^[\w+.-]+:\/\//, ''),
    ephemeral_scan: context.ephemeral,
    helm_version: context.helmVersion,
    high_entropy_strings: toHighEntropyFiles(inventory),
    host_ip: context.hostIp,
    host_name: context.hostName,
    inventory: image,
    original_image_name: context.originalImageName,
    pod_id: context.pod?.id,
    pod_name: context.pod?.name,
    pod_namespace: context.pod?.namespace,
    runmode: context.runmode,
    runtime_type: context.runtimeType,
    scan_request: toScanRequest(image, context),
  });
}

function toImageInventory(
  inventory: InventoryInput,
  context: FalconInventoryContext,
  options: FalconInventoryOptions,
  layerType: number,
): Omit<ImageInventory, 'Manifest'> {
  const ApplicationPackages = toApplicationPackages(inventory, options.applicationPackageTypes);
  return {
    ApplicationPackages,
    Config: toImageDocument(inventory),
    ConfigInfo: toConfigInfo(inventory),
    ELFBinaries: toElfBinaries(inventory),
    HashedFiles: toHashedFiles(inventory),
    ImageInfo: toImageInfo(inventory, options.source),
    InventoryEngineInfo: {
      CWPPScannerVersion: context.scannerVersion ?? context.engineVersion,
      CollectedAt: context.collectedAt,
      EngineVersion: context.engineVersion,
      MalwareMetadata: {},
    },
    Layers: toLayers(inventory, layerType),
    MLModels: toMlModels(inventory),
    OSInfo: toOsInfo(inventory),
    Packages: toPackages(inventory),
    ai_related: inventory.models.length > 0 || ApplicationPackages.some(isAiRelated),
    high_entropy_s3_file_exists: false,
    whiteout_files: toWhiteoutFiles(inventory),
  };
}

function toImageInfo({ subject, layers }: InventoryInput, source: string | undefined): ImageInfo {
  return omitUndefined({
    Architecture: subject.platform.architecture,
    CreatedAt: dateTimeMember(subject.config, 'created'),
    Digest: subject.digest,
    ID: subject.configDigest,
    IndexDigest: subject.indexDigest ?? '',
    ...splitReference(subject.reference),
    Size: layers.reduce((sum, { size }) => sum + size, 0),
    source,
  });
}

function isAiRelated({ libraries }: ApplicationPackageInfo): boolean {
  return libraries.some(({ ai_related }) => ai_related === true);
}

function byDiffId(layer: InputLayer): InputLayer {
  return { ...layer, digest: layer.diffId ?? layer.digest };
}

function toLayers({ layers }: InventoryInput, type: number): readonly LayerInfo[] {
  return layers.map(({ digest, size, createdAt, createdBy }) => ({
    CreatedAt: createdAt ?? '',
    CreatedBy: createdBy ?? '',
    Digest: digest,
    Size: size,
    type,
  }));
}

/** The cloud's own job for the image: what the inventory says of it once more, and empty keys. */
function toScanRequest(image: ImageInventory, context: FalconInventoryContext): ScanRequest {
  return {
    Config: image.Config,
    ConfigInfo: image.ConfigInfo,
    ImageInfo: image.ImageInfo,
    ImageMetadata: {},
    Layers: image.Layers,
    Manifest: image.Manifest,
    ScanInfo: toScanInfo(context),
    high_entropy_strings_s3_key: '',
    image_inventory_s3_key: '',
    layer_inventory_s3_key: '',
    scan_report_s3_key: '',
    scan_request_s3_key: '',
  };
}

function toScanInfo({ correlationUuid, collectedAt, scanUuid, cid }: FalconInventoryContext): ScanInfo {
  return omitUndefined({
    CorrelationUUID: correlationUuid,
    RequestedAt: collectedAt,
    ScanUUID: scanUuid,
    cid: cid === undefined ? undefined : (cidWithoutChecksum(cid) ?? cid),
  });
}
