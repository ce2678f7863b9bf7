import { z } from 'zod';
import { type CallOptions, type ReadDesk, requestEnvelope } from '../call/read-desk.ts';
import { readOnly } from '../call/read-resources.ts';
import type { ListOptions } from '../paging/list-options.ts';
import { walkList } from '../paging/list-pages.ts';
import { type AssessedImage, assessedImageSchema } from './assessed-image.ts';
import { type ImageDetail, imageDetailSchema } from './image-detail.ts';
import { type ImageFinding, imageFindingSchema } from './image-finding.ts';

/** How to walk the images export. */
export interface ImageFindingsOptions extends ListOptions {
  /** A row for each vulnerability of an image. */
  readonly expandVulnerabilities?: boolean;
  /** A row for each detection of an image. */
  readonly expandDetections?: boolean;
}

/** How to walk the images in detail. */
export interface ImageDetailsOptions extends ListOptions {
  /** Whether to give `config`, too. */
  readonly withConfig?: boolean;
}

/** Assessed images. Scope `falcon-container-image:read`. */
export interface ImagesEndpoint {
  /** Images with their counts: `GET /container-security/combined/image-assessment/images/v1`. */
  list(options?: ListOptions): AsyncIterable<AssessedImage>;
  /** Images in detail: `GET /container-security/combined/images/detail/v1`. */
  details(options?: ImageDetailsOptions): AsyncIterable<ImageDetail>;
  /** Images by finding: `GET /container-security/combined/images/export/v1`. */
  findings(options?: ImageFindingsOptions): AsyncIterable<ImageFinding>;
  /** How many images fit a filter: `GET /container-security/aggregates/images/count/v1`. */
  count(options?: CallOptions & { readonly filter?: string }): Promise<number>;
}

const countSchema: z.ZodType<{ readonly count: number }> = z.object({ count: z.number() });

/** The images over a session. */
export function createImagesEndpoint(desk: ReadDesk): ImagesEndpoint {
  return {
    list: (options = {}) =>
      walkList(
        desk,
        { path: '/container-security/combined/image-assessment/images/v1', schema: assessedImageSchema },
        options,
      ),
    details: ({ withConfig, ...options } = {}) =>
      walkList(
        desk,
        {
          path: '/container-security/combined/images/detail/v1',
          schema: imageDetailSchema,
          query: { with_config: withConfig },
        },
        options,
      ),
    findings: ({ expandVulnerabilities, expandDetections, ...options } = {}) =>
      walkList(
        desk,
        {
          path: '/container-security/combined/images/export/v1',
          schema: imageFindingSchema,
          query: { expand_vulnerabilities: expandVulnerabilities, expand_detections: expandDetections },
        },
        options,
      ),
    async count({ filter, signal } = {}) {
      const call = { path: '/container-security/aggregates/images/count/v1', query: { filter } };
      const { envelope, answer } = await requestEnvelope(desk, call, signal);
      return readOnly(countSchema, envelope.resources, answer).count;
    },
  };
}
