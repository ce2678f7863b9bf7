// The two steps: MAP a layer, REDUCE an image.
export { type AnalyzeOptions, analyzeLayer, defaultMemoryBudget } from './analyze/analyze-layer.ts';
export { type LayerFacts, layerFactsVersion, type PathFacts } from './analyze/layer-facts.ts';
export { type AssembleInput, assembleInventory, maxNeeds } from './assemble/assemble-inventory.ts';
export { type AnswerNeedsOptions, answerNeeds, type CatalogerNeed, type NeedAnswer } from './assemble/answer-needs.ts';

// What the host supplies.
export { type ByteBudget, createByteBudget, type ReleaseBytes } from './analyze/byte-budget.ts';
export type { Scratch, ScratchFile } from './analyze/scratch.ts';

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
export { SbomError, type SbomErrorCode } from './sbom-error.ts';

// For those who write a cataloger.
export type { Cataloger, ExtractContext, RandomAccess, SelectedFile, Selection } from './catalog/cataloger.ts';
export type { FileLocation, FileView, ImageView, ResolvedLocation, Version, ViewLink } from './catalog/file-view.ts';
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
