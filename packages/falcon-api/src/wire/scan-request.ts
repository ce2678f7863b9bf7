import { z } from 'zod';
import { type ConfigInfo, configInfoSchema } from './config-info.ts';
import { type ImageDocument, imageDocumentSchema } from './image-document.ts';
import { type ImageInfo, imageInfoSchema } from './image-info.ts';
import { type LayerInfo, layerInfoSchema } from './layer-info.ts';
import { type ManifestDocument, manifestDocumentSchema } from './manifest-document.ts';
import { arrayOf, optional } from './schema-parts.ts';

/**
 * The job the cloud makes of an upload: `models.ScanRequestType`. It repeats what the inventory says of the image; the
 * keys are the cloud's own bookkeeping, required, and empty from a client.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_scan_request_type.go
 */
export interface ScanRequest {
  readonly Config: ImageDocument;
  readonly ConfigInfo: ConfigInfo;
  readonly ImageInfo?: ImageInfo;
  readonly ImageMetadata: ImageMetadata;
  readonly Layers: readonly LayerInfo[];
  readonly Manifest: ManifestDocument;
  readonly ScanInfo?: ScanInfo;
  readonly high_entropy_strings_s3_key: string;
  readonly image_inventory_s3_key: string;
  readonly layer_inventory_s3_key: string;
  readonly scan_report_s3_key: string;
  readonly scan_request_s3_key: string;
}

/**
 * Where the cloud keeps the parts: `models.ImageMetadataType`. Empty from a client.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_image_metadata_type.go
 */
export interface ImageMetadata {
  readonly image_metadata_config_s3_key?: string;
  readonly image_metadata_high_entropy_strings_s3_key?: string;
  readonly image_metadata_image_inventory_s3_key?: string;
  readonly image_metadata_image_inventory_s3_path?: string;
  readonly image_metadata_manifest_s3_key?: string;
  readonly image_metadata_scan_report_s3_key?: string;
}

/**
 * Who asked for the scan, and its id: `models.ScanInfoType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_scan_info_type.go
 */
export interface ScanInfo {
  readonly CorrelationUUID?: string;
  /** RFC 3339. */
  readonly RequestedAt?: string;
  /** The id a report can be asked for by. */
  readonly ScanUUID?: string;
  readonly UserUUID?: string;
  readonly Username?: string;
  /** Customer id, lower case, without checksum. */
  readonly cid?: string;
}

const imageMetadataSchema: z.ZodType<ImageMetadata> = z.strictObject({
  image_metadata_config_s3_key: optional(z.string()),
  image_metadata_high_entropy_strings_s3_key: optional(z.string()),
  image_metadata_image_inventory_s3_key: optional(z.string()),
  image_metadata_image_inventory_s3_path: optional(z.string()),
  image_metadata_manifest_s3_key: optional(z.string()),
  image_metadata_scan_report_s3_key: optional(z.string()),
});

const scanInfoSchema: z.ZodType<ScanInfo> = z.strictObject({
  CorrelationUUID: optional(z.string()),
  RequestedAt: optional(z.string()),
  ScanUUID: optional(z.string()),
  UserUUID: optional(z.string()),
  Username: optional(z.string()),
  cid: optional(z.string()),
});

/** Checks a `models.ScanRequestType`. */
export const scanRequestSchema: z.ZodType<ScanRequest> = z.strictObject({
  Config: imageDocumentSchema,
  ConfigInfo: configInfoSchema,
  ImageInfo: optional(imageInfoSchema),
  ImageMetadata: imageMetadataSchema,
  Layers: arrayOf(layerInfoSchema),
  Manifest: manifestDocumentSchema,
  ScanInfo: optional(scanInfoSchema),
  high_entropy_strings_s3_key: z.string(),
  image_inventory_s3_key: z.string(),
  layer_inventory_s3_key: z.string(),
  scan_report_s3_key: z.string(),
  scan_request_s3_key: z.string(),
});
