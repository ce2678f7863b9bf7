import { z } from 'zod';
import { type ApplicationPackageInfo, applicationPackageInfoSchema } from './application-package-info.ts';
import { type ConfigInfo, configInfoSchema } from './config-info.ts';
import { type ElfBinaryInfo, elfBinaryInfoSchema } from './elf-binary-info.ts';
import { type HashedFileInfo, hashedFileInfoSchema } from './hashed-file-info.ts';
import { type HighEntropyFile, highEntropyFileSchema } from './high-entropy-strings.ts';
import { type ImageDocument, imageDocumentSchema } from './image-document.ts';
import { type ImageInfo, imageInfoSchema } from './image-info.ts';
import { type InventoryEngineInfo, inventoryEngineInfoSchema } from './inventory-engine-info.ts';
import { type LayerInfo, layerInfoSchema } from './layer-info.ts';
import { type ManifestDocument, manifestDocumentSchema } from './manifest-document.ts';
import { type MlModelInfo, mlModelInfoSchema } from './ml-model-info.ts';
import { type OsInfo, osInfoSchema } from './os-info.ts';
import { type PackageInfo, packageInfoSchema } from './package-info.ts';
import { arrayOf, optional } from './schema-parts.ts';

/**
 * What an image holds, in the cloud's form: `models.InventoryType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_inventory_type.go
 */
export interface ImageInventory {
  /** Language packages, one entry per type. */
  readonly ApplicationPackages?: readonly ApplicationPackageInfo[];
  readonly Config: ImageDocument;
  readonly ConfigInfo: ConfigInfo;
  readonly ELFBinaries: readonly ElfBinaryInfo[];
  readonly HashedFiles?: readonly HashedFileInfo[];
  readonly ImageInfo: ImageInfo;
  readonly InventoryEngineInfo: InventoryEngineInfo;
  /** Lowest first. */
  readonly Layers: readonly LayerInfo[];
  readonly MLModels?: readonly MlModelInfo[];
  readonly Manifest: ManifestDocument;
  readonly OSInfo: OsInfo;
  /** OS packages. */
  readonly Packages: readonly PackageInfo[];
  /** Whether the image holds AI content. */
  readonly ai_related?: boolean;
  /** The cloud's own bookkeeping; false from a client. */
  readonly high_entropy_s3_file_exists?: boolean;
  readonly interesting_strings?: readonly HighEntropyFile[];
  /** Paths that upper layers take away. */
  readonly whiteout_files?: readonly string[];
}

/** Checks a `models.InventoryType`. */
export const imageInventorySchema: z.ZodType<ImageInventory> = z.strictObject({
  ApplicationPackages: optional(arrayOf(applicationPackageInfoSchema)),
  Config: imageDocumentSchema,
  ConfigInfo: configInfoSchema,
  ELFBinaries: arrayOf(elfBinaryInfoSchema),
  HashedFiles: optional(arrayOf(hashedFileInfoSchema)),
  ImageInfo: imageInfoSchema,
  InventoryEngineInfo: inventoryEngineInfoSchema,
  Layers: arrayOf(layerInfoSchema),
  MLModels: optional(arrayOf(mlModelInfoSchema)),
  Manifest: manifestDocumentSchema,
  OSInfo: osInfoSchema,
  Packages: arrayOf(packageInfoSchema),
  ai_related: optional(z.boolean()),
  high_entropy_s3_file_exists: optional(z.boolean()),
  interesting_strings: optional(arrayOf(highEntropyFileSchema)),
  whiteout_files: optional(arrayOf(z.string())),
});
