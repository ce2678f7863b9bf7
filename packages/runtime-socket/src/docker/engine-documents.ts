import { z } from 'zod';
import { type HistoryEntry, historySchema, type RunConfig, runConfigSchema } from '../image/image-config.ts';
import { digestSchema, optional } from '../wire/fields.ts';

const text = optional(z.string());
const labels = optional(z.record(z.string(), z.string()));
/** Podman leaves the algorithm out in places. */
const imageId = z.string().transform((id, context) => {
  const digest = /^[0-9a-f]{64}$/.test(id) ? `sha256:${id}` : id;
  if (!digestSchema.safeParse(digest).success) context.addIssue({ code: 'custom', message: 'is not a digest' });
  return digest;
});
const containerId: z.ZodType<string> = z.string().regex(/^[0-9a-f]{12,64}$/, 'is not the id of a container');

/** `GET /version`, as far as it is used. */
export interface EngineVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string | undefined;
  readonly Components?: readonly { readonly Name: string }[] | undefined;
}

export const engineVersionSchema: z.ZodType<EngineVersion> = z.object({
  Version: z.string(),
  ApiVersion: z.string().regex(/^1\.[0-9]{1,4}$/, 'is not an API version of Docker'),
  MinAPIVersion: optional(z.string().regex(/^1\.[0-9]{1,4}$/)),
  Components: optional(z.array(z.object({ Name: z.string() }))),
});

/** `GET /containers/json`, as far as it is used. */
export const containerListSchema: z.ZodType<readonly { readonly Id: string }[]> = z.array(
  z.object({ Id: containerId }),
);

/** `GET /containers/{id}/json`, as far as it is used. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name?: string | undefined;
  /** Digest of the image's config. */
  readonly Image: string;
  readonly State: { readonly Running: boolean };
  readonly Config: { readonly Image: string; readonly Labels?: Readonly<Record<string, string>> | undefined };
}

export const containerSchema: z.ZodType<InspectedContainer> = z.object({
  Id: containerId,
  Name: text,
  Image: imageId,
  State: z.object({ Running: z.boolean() }),
  Config: z.object({ Image: z.string(), Labels: labels }),
});

/** `GET /images/{name}/json`, as far as it is used. */
export interface InspectedImage {
  readonly Id: string;
  readonly Created?: string | undefined;
  readonly Author?: string | undefined;
  readonly Architecture?: string | undefined;
  readonly Variant?: string | undefined;
  readonly Os?: string | undefined;
  readonly OsVersion?: string | undefined;
  readonly Config?: RunConfig | undefined;
  readonly RootFS?: { readonly Layers?: readonly string[] | undefined } | undefined;
  /** Only where Docker keeps its images in containerd's content store. */
  readonly Descriptor?: unknown;
}

export const imageSchema: z.ZodType<InspectedImage> = z.object({
  Id: imageId,
  Created: text,
  Author: text,
  Architecture: text,
  Variant: text,
  Os: text,
  OsVersion: text,
  Config: optional(runConfigSchema),
  RootFS: optional(z.object({ Layers: optional(z.array(digestSchema).max(10_000)) })),
  Descriptor: z.unknown().optional(),
});

/** `GET /images/{name}/history`, newest step first. */
export interface HistoryStep {
  /** Seconds since 1970. */
  readonly Created: number;
  readonly CreatedBy?: string | undefined;
  readonly Comment?: string | undefined;
  /** Sum of the sizes of the files of the step's layer, in bytes. */
  readonly Size: number;
}

export const imageHistorySchema: z.ZodType<readonly HistoryStep[]> = z
  .array(z.object({ Created: z.number(), CreatedBy: text, Comment: text, Size: z.number() }))
  .max(100_000);

/** `GET /libpod/images/{name}/json`: what Podman knows more. */
export interface LibpodImage {
  /** Digest of the manifest. */
  readonly Digest?: string | undefined;
  readonly History?: readonly HistoryEntry[] | undefined;
}

export const libpodImageSchema: z.ZodType<LibpodImage> = z.object({
  Digest: optional(digestSchema),
  History: optional(z.array(historySchema)),
});

/** `GET /libpod/images/json`: the images of Podman, of which there may be many. */
export interface ListedLibpodImage {
  /** Digest of the config. */
  readonly Id: string;
  /** Of the manifest. */
  readonly Digest?: string | undefined;
}

export const libpodImageListSchema: z.ZodType<readonly ListedLibpodImage[]> = z.array(
  z.object({ Id: imageId, Digest: optional(digestSchema) }),
);

/** One line of `GET /events`. */
export interface EngineEvent {
  readonly Actor: { readonly ID: string };
}

export const engineEventSchema: z.ZodType<EngineEvent> = z.object({ Actor: z.object({ ID: containerId }) });
