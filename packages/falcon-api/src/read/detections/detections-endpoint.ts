import { neededText } from '../call/model.ts';
import type { ReadDesk } from '../call/read-desk.ts';
import type { ListOptions } from '../paging/list-options.ts';
import { walkList } from '../paging/list-pages.ts';
import {
  type AssessedDetection,
  assessedDetectionSchema,
  type ImageDetection,
  imageDetectionSchema,
} from './assessed-detection.ts';

/** Detections in images: malware, secrets, misconfigurations. Scope `falcon-container-image:read`. */
export interface DetectionsEndpoint {
  /** Each detection once, with what it touches: `GET /container-security/combined/detections/v1`. */
  list(options?: ListOptions): AsyncIterable<AssessedDetection>;
  /** Each detection once per image: `GET /container-security/entities/detections/v1`. */
  ofImages(options?: Omit<ListOptions, 'sort'>): AsyncIterable<ImageDetection>;
  /** Ids alone: `GET /container-security/queries/detections/v1`. */
  ids(options?: Omit<ListOptions, 'sort'>): AsyncIterable<string>;
}

/** The detections over a session. */
export function createDetectionsEndpoint(desk: ReadDesk): DetectionsEndpoint {
  return {
    list: (options = {}) =>
      walkList(desk, { path: '/container-security/combined/detections/v1', schema: assessedDetectionSchema }, options),
    ofImages: (options = {}) =>
      walkList(desk, { path: '/container-security/entities/detections/v1', schema: imageDetectionSchema }, options),
    ids: (options = {}) =>
      walkList(desk, { path: '/container-security/queries/detections/v1', schema: neededText }, options),
  };
}
