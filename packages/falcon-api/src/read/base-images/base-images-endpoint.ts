import { FalconError } from '../../falcon-error.ts';
import { type CallOptions, checkIds, type ReadDesk, requestEnvelope, writeScope } from '../call/read-desk.ts';
import { readResources } from '../call/read-resources.ts';
import type { ListOptions } from '../paging/list-options.ts';
import { walkList } from '../paging/list-pages.ts';
import { type BaseImage, type BaseImageReference, baseImageSchema } from './base-image.ts';

/** Base images: what of an image's findings comes from below. */
export interface BaseImagesEndpoint {
  /** `GET /container-security/combined/base-images/v1`. Scope `falcon-container-image:read`. */
  list(options?: Omit<ListOptions, 'sort'>): AsyncIterable<BaseImage>;
  /**
   * Declares images to be base images: `POST /container-security/entities/base-images/v1`. Scope
   * `falcon-container-image:write`. A broken connection leaves open whether it was done; it is not done twice.
   *
   * @throws FalconError `OPTIONS_INVALID` for an empty list or an image without a member.
   */
  create(images: readonly BaseImageReference[], options?: CallOptions): Promise<readonly BaseImage[]>;
  /** `DELETE` of the same. Scope `falcon-container-image:write`. */
  delete(ids: readonly string[], options?: CallOptions): Promise<void>;
}

const path = '/container-security/entities/base-images/v1';

/** The base images over a session. */
export function createBaseImagesEndpoint(desk: ReadDesk): BaseImagesEndpoint {
  return {
    list: (options = {}) =>
      walkList(desk, { path: '/container-security/combined/base-images/v1', schema: baseImageSchema }, options),
    async create(images, { signal } = {}) {
      if (images.length === 0 || images.some((image) => Object.keys(image).length === 0)) {
        throw new FalconError('OPTIONS_INVALID', 'images: there is none, or one without a member');
      }
      const body = { base_images: images };
      const call = { method: 'POST', path, scope: writeScope, body, repeat: 'unprocessed' } as const;
      const { envelope, answer } = await requestEnvelope(desk, call, signal);
      return readResources(baseImageSchema, envelope.resources, answer);
    },
    async delete(ids, { signal } = {}) {
      const query = { ids: checkIds(ids, 100) };
      await requestEnvelope(desk, { method: 'DELETE', path, scope: writeScope, query }, signal);
    },
  };
}
