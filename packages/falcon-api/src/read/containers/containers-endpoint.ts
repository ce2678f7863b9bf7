import type { ReadDesk } from '../call/read-desk.ts';
import { type ListOptions, usualBounds } from '../paging/list-options.ts';
import { walkList } from '../paging/list-pages.ts';
import { type RunningImage, runningImageSchema } from './running-image.ts';
import { type UnidentifiedContainer, unidentifiedContainerSchema } from './unidentified-container.ts';

/** What runs. Scope `falcon-container-image:read`. */
export interface ContainersEndpoint {
  /** Images that containers use: `GET /container-security/combined/container-images/v1`, up to 200 at once. */
  images(options?: ListOptions): AsyncIterable<RunningImage>;
  /** Containers nobody can attribute: `GET /container-security/combined/unidentified-containers/v1`. */
  unidentified(options?: ListOptions): AsyncIterable<UnidentifiedContainer>;
}

/** The containers over a session. */
export function createContainersEndpoint(desk: ReadDesk): ContainersEndpoint {
  return {
    images: (options = {}) =>
      walkList(
        desk,
        {
          path: '/container-security/combined/container-images/v1',
          schema: runningImageSchema,
          bounds: { ...usualBounds, maxPage: 200 },
        },
        options,
      ),
    unidentified: (options = {}) =>
      walkList(
        desk,
        { path: '/container-security/combined/unidentified-containers/v1', schema: unidentifiedContainerSchema },
        options,
      ),
  };
}
