import { z } from 'zod';
import { RegistryError } from '../error.ts';
import { type Descriptor, descriptorSchema, optional } from './descriptor.ts';
import {
  bareMediaType,
  isIndexType,
  isManifestType,
  isSchema1Type,
  ociIndexType,
  ociManifestType,
} from './media-types.ts';
import { checkWireDocument, parseJson } from './wire-document.ts';

/** OCI image manifest or Docker schema 2 manifest (image-spec, manifest.md). Fields not listed are kept. */
export interface ImageManifest {
  readonly schemaVersion: number;
  readonly mediaType?: string | undefined;
  readonly artifactType?: string | undefined;
  readonly config: Descriptor;
  /** Base layer first. */
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** OCI image index or Docker manifest list (image-spec, image-index.md). Fields not listed are kept. */
export interface ImageIndex {
  readonly schemaVersion: number;
  readonly mediaType?: string | undefined;
  readonly artifactType?: string | undefined;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A manifest document told apart by what it is. */
export type ManifestDocument =
  | { readonly kind: 'manifest'; readonly mediaType: string; readonly document: ImageManifest }
  | { readonly kind: 'index'; readonly mediaType: string; readonly document: ImageIndex };

/** Most layers of a manifest, and most manifests of an index. Runtimes mount no more than some hundred layers. */
const maxEntries = 10_000;
const tooMany = `there are more than ${maxEntries}`;

const head = {
  schemaVersion: z.literal(2),
  mediaType: optional(z.string()),
  artifactType: optional(z.string()),
  annotations: optional(z.record(z.string(), z.string())),
};

const manifestSchema: z.ZodType<ImageManifest> = z.looseObject({
  ...head,
  config: descriptorSchema,
  layers: z
    .array(descriptorSchema)
    .max(maxEntries, tooMany)
    .nullish()
    .transform((layers) => layers ?? []),
  subject: optional(descriptorSchema),
});

const indexSchema: z.ZodType<ImageIndex> = z.looseObject({
  ...head,
  manifests: z
    .array(descriptorSchema)
    .max(maxEntries, tooMany)
    .nullish()
    .transform((manifests) => manifests ?? []),
});

interface Shape {
  readonly index: boolean;
  readonly manifest: boolean;
  readonly schema1: boolean;
  readonly mediaType: string | undefined;
}

/** Looks at the fields that tell what a document is, before any of them is believed. */
function shapeOf(document: unknown): Shape {
  const fields = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
  const has = (name: string): boolean => fields[name] !== undefined && fields[name] !== null;
  return {
    index: has('manifests'),
    manifest: has('config') || has('layers'),
    schema1: fields.schemaVersion === 1 || has('fsLayers'),
    mediaType: typeof fields.mediaType === 'string' && fields.mediaType !== '' ? fields.mediaType : undefined,
  };
}

function isKnownType(mediaType: string): boolean {
  return isIndexType(mediaType) || isManifestType(mediaType);
}

/** Schema 1 and types nobody here can read, by the document's own word or, where it has none, by the header. */
function refuseUnsupported(shape: Shape, contentType: string | undefined, where: string): void {
  const declared = shape.mediaType ?? contentType;
  if (shape.schema1 || (declared !== undefined && isSchema1Type(declared))) {
    throw new RegistryError('MANIFEST_UNSUPPORTED', `${where}: the manifest is of Docker schema 1`, {
      hint: 'schema 1 is obsolete and cannot be verified; push the image again with a current tool',
    });
  }
  const shaped = shape.index || shape.manifest;
  if (shape.mediaType === undefined ? shaped : isKnownType(shape.mediaType)) return;
  const shown = JSON.stringify((declared ?? 'no media type').slice(0, 120));
  throw new RegistryError('MANIFEST_UNSUPPORTED', `${where}: ${shown} is no image manifest or index`, {
    hint: 'only OCI and Docker schema 2 manifests and indexes can be read',
  });
}

/**
 * Decides between manifest and index. A document that could be read as either is refused, since two readers could see
 * two images in it (CVE-2021-41190); so is one whose `mediaType` denies its header (distribution-spec "Pulling
 * manifests") or its own fields. Headers that name no manifest type say nothing: static file servers send those.
 */
function decideType(shape: Shape, contentType: string | undefined, where: string): string {
  const fallback = shape.index ? ociIndexType : ociManifestType;
  const known = contentType !== undefined && isKnownType(contentType) ? contentType : undefined;
  const mediaType = shape.mediaType ?? known ?? fallback;
  const contradiction =
    shape.index === shape.manifest || isIndexType(mediaType) !== shape.index || (known ?? mediaType) !== mediaType;
  if (!contradiction) return mediaType;
  throw new RegistryError('MANIFEST_INVALID', `${where}: its fields, mediaType and Content-Type contradict each other`);
}

/**
 * Parses the bytes of a manifest or index.
 *
 * @param contentType `Content-Type` they came with, or the media type of their descriptor
 * @param where what is parsed, for messages
 * @throws RegistryError `MANIFEST_INVALID`, `MANIFEST_UNSUPPORTED`
 */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined, where: string): ManifestDocument {
  const document = parseJson(bytes, 'MANIFEST_INVALID', where);
  const shape = shapeOf(document);
  const header = bareMediaType(contentType);
  refuseUnsupported(shape, header, where);
  const mediaType = decideType(shape, header, where);
  return shape.index
    ? { kind: 'index', mediaType, document: checkWireDocument(document, indexSchema, 'MANIFEST_INVALID', where) }
    : { kind: 'manifest', mediaType, document: checkWireDocument(document, manifestSchema, 'MANIFEST_INVALID', where) };
}
