import type { DoubleRoute, RouteCall } from '../double-route.ts';
import type { DoubleAnswer } from '../envelope.ts';
import { answerList, type Row, type ServedList } from './answer-list.ts';
import type { ImageBook } from './image-facts.ts';
import type { ReadSideOptions } from './read-options.ts';

/** What the read routes of the double work on. */
export interface ReadParts {
  readonly images: ImageBook;
  readonly options: ReadSideOptions;
}

/** The scope of nearly every read route. */
export const readScope = 'falcon-container-image:read';

/** The scope of what is made, changed and deleted. */
export const writeScope = 'falcon-container-image:write';

/** A route that serves a list. */
export function listRoute(
  { options }: ReadParts,
  path: string,
  list: ServedList,
  rows: (call: RouteCall) => Iterable<Row> | DoubleAnswer,
): DoubleRoute {
  return {
    method: 'GET',
    path,
    scope: readScope,
    answer(call) {
      const found = rows(call);
      return 'status' in found ? found : answerList(call, list, found, options);
    },
  };
}

/** A customer id without its checksum, as lists write it. */
export function cidOf({ ccid }: RouteCall): string {
  return ccid.replace(/-.*$/, '').toLowerCase();
}
