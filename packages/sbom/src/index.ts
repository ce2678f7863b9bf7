// The two steps: MAP a layer, REDUCE an image.
export { type AnalyzeOptions, analyzeLayer, defaultMemoryBudget } from './analyze/analyze-layer.ts';
// What the host supplies.
export { type ByteBudget, createByteBudget, type ReleaseBytes } from './analyze/byte-budget.ts';
export type { IsolatedExtraction, IsolatedFile, IsolatedResult, Isolation } from './analyze/isolation.ts';
export { type LayerFacts, layerFactsVersion, type PathFacts } from './analyze/layer-facts.ts';
export type { LayerProblem } from './analyze/problem-list.ts';
export type { Scratch, ScratchFile } from './analyze/scratch.ts';
export { type AnswerNeedsOptions, answerNeeds, type CatalogerNeed, type NeedAnswer } from './assemble/answer-needs.ts';
export { type AssembleInput, assembleInventory, maxNeeds } from './assemble/assemble-inventory.ts';
export type {
  Cataloger,
  CatalogerDescription,
  ExtractContext,
  RandomAccess,
  SelectedFile,
  Selection,
} from './catalog/cataloger.ts';
export type {
  FileLocation,
  FileView,
  ImageView,
  ResolvedLocation,
  Version,
  ViewLink,
  ViewWhiteout,
} from './catalog/file-view.ts';
export type {
  DependencyFinding,
  DistroFinding,
  Finding,
  Need,
  OwnershipFinding,
  PackageFinding,
  ProblemFinding,
  RecordFinding,
} from './catalog/finding.ts';
export type { EntryContent, EntryHeader, EntryKind, LayerEvent } from './catalog/layer-event.ts';
export { selectsPath } from './catalog/path-selection.ts';
export { allCatalogers } from './catalogers/all-catalogers.ts';
// What is looked for. Each cataloger also works alone, and so do the parsers.
export { apkCataloger } from './catalogers/apk/cataloger.ts';
export type { ApkFacts } from './catalogers/apk/facts.ts';
export { type ApkInstalled, type ApkPackage, parseApkInstalled } from './catalogers/apk/parse-installed.ts';
export { type CatalogerChoices, chooseCatalogers } from './catalogers/choose-catalogers.ts';
export { defaultCatalogers } from './catalogers/default-catalogers.ts';
export { distroCataloger } from './catalogers/distro/cataloger.ts';
export { parseOsRelease } from './catalogers/distro/parse-os-release.ts';
export type { ReleaseFacts } from './catalogers/distro/release-facts.ts';
export { dpkgCataloger } from './catalogers/dpkg/cataloger.ts';
export type { DpkgFacts } from './catalogers/dpkg/facts.ts';
export { type DpkgPackage, type DpkgStatus, parseDpkgStatus } from './catalogers/dpkg/parse-status.ts';
export { modelCataloger } from './catalogers/model/cataloger.ts';
export type { ModelConfigFacts, ModelFacts } from './catalogers/model/facts.ts';
export { npmCataloger } from './catalogers/npm/cataloger.ts';
export { type NpmManifest, type NpmPackage, parsePackageJson } from './catalogers/npm/parse-package-json.ts';
// For those who write a cataloger.
export { decodeOwnedPaths, hashOwnedPath, OwnedPaths } from './catalogers/owned-path.ts';
export { pythonCataloger } from './catalogers/python/cataloger.ts';
export type { PythonFacts } from './catalogers/python/facts.ts';
export type { PythonDirectUrl } from './catalogers/python/parse-direct-url.ts';
export { type PythonMetadata, type PythonPackage, parsePythonMetadata } from './catalogers/python/parse-metadata.ts';
export { createSecretCataloger, type SecretCatalogerOptions, type SecretFacts } from './catalogers/secret/cataloger.ts';
export type { FoundSecret } from './catalogers/secret/secret-search.ts';
// How it is written.
export type {
  CycloneDxComponent,
  CycloneDxComposition,
  CycloneDxDependency,
  CycloneDxDocument,
  CycloneDxEvidence,
  CycloneDxExternalReference,
  CycloneDxHash,
  CycloneDxLicense,
  CycloneDxLicenseExpression,
  CycloneDxMetadata,
  CycloneDxProperty,
} from './encode/cyclonedx/document.ts';
export {
  type CycloneDxOptions,
  encodeCycloneDx,
  encodeCycloneDxXml,
  toCycloneDx,
} from './encode/cyclonedx/to-cyclonedx.ts';
export type { DocumentTool } from './encode/document-tool.ts';
export { encodeJson } from './encode/encode-json.ts';
export { purls } from './encode/purls.ts';
export type {
  SpdxChecksum,
  SpdxCreationInfo,
  SpdxDocument,
  SpdxExternalRef,
  SpdxExtractedLicense,
  SpdxPackage,
  SpdxRelationship,
} from './encode/spdx/document.ts';
export { encodeSpdx, encodeSpdxTagValue, type SpdxOptions, toSpdx } from './encode/spdx/to-spdx.ts';
export { type InventorySummary, summarize } from './encode/summarize.ts';
export { type TableColumn, type TableOptions, toTable } from './encode/to-table.ts';
// The licences that packages state.
export { spdxExpression } from './license/spdx-expression.ts';
export { spdxLicenseId } from './license/spdx-license-id.ts';
export { readLicense, type StatedLicense } from './license/stated-license.ts';
// The inventory.
export type { Distro } from './model/distro.ts';
export type { FileFormat, FileRecord, ModelRecord, SecretCandidate } from './model/file-records.ts';
export {
  type Inventory,
  type InventoryLayer,
  inventorySchema,
  type Relationship,
  type Whiteout,
} from './model/inventory.ts';
export type { Json, JsonObject } from './model/json.ts';
export type { Occurrence, Package, PackageClass, PackageHash, PackageScope } from './model/package.ts';
export type { Problem, ProblemCode } from './model/problem.ts';
export type { ImageSubject, SubjectLayer, SubjectPlatform } from './model/subject.ts';
export { imagePurl } from './purl/image-purl.ts';
export { type PackagePurlOptions, type PurlFields, packagePurl } from './purl/package-purl.ts';
export { SbomError, type SbomErrorCode } from './sbom-error.ts';
// Where hostile files are read.
export { type LazyCataloger, serveCatalogers } from './worker/serve-catalogers.ts';
export { createWorkerIsolation, type WorkerIsolation, type WorkerIsolationOptions } from './worker/worker-isolation.ts';
