import type { z } from 'zod';
import { FalconError } from '../../falcon-error.ts';
import { type QueryValues, type ReadDesk, requestEnvelope } from '../call/read-desk.ts';
import { type Envelope, readResources } from '../call/read-resources.ts';
import { checkListOptions, type ListBounds, type ListOptions, type PageSeen, usualBounds } from './list-options.ts';

/** A list of the cloud. */
export interface ListSource<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** Values of the query beside filter, sort, limit and offset. */
  readonly query?: QueryValues;
  readonly bounds?: ListBounds;
  /** What a 404 says. Default: that the host does not serve the path. */
  readonly notFound?: string;
}

/** Where a walk stands. */
interface Position {
  readonly offset: number;
  readonly after?: string;
}

/**
 * Walks a list page by page. A page is read whole before its first entry is given, and the next one is asked for only
 * when an entry of it is wanted: who leaves the loop early makes no further call and holds no connection.
 *
 * Pages may be shorter than asked for, and the total may change on the way; the walk ends when the newest total is
 * reached, or with an empty page. Entries that the cloud adds or removes meanwhile may be missed or met twice, as with
 * every list by offset.
 *
 * @throws FalconError `OPTIONS_INVALID` for a page size or offset out of bounds, and where the list is not known to end
 *   within what the cloud pages through, after everything up to there was given.
 */
export async function* walkList<T>(
  desk: ReadDesk,
  source: ListSource<T>,
  options: ListOptions,
): AsyncGenerator<T, void, undefined> {
  const bounds = source.bounds ?? usualBounds;
  const { pageSize, offset } = checkListOptions(options, bounds);
  let position: Position | undefined = { offset };
  let before: string | undefined;
  while (position !== undefined) {
    // The window binds an offset; a token has none.
    const room = position.after === undefined ? bounds.window - position.offset : pageSize;
    const limit = Math.min(pageSize, room);
    const { entries, envelope } = await requestPage(desk, source, options, position, limit);
    before = checkMoved(source.path, envelope, before);
    options.onPage?.(seen(position, entries.length, envelope));
    for (const entry of entries) {
      options.signal?.throwIfAborted();
      yield entry;
    }
    position = next(position, entries.length, envelope, source, bounds);
  }
}

async function requestPage<T>(
  desk: ReadDesk,
  { path, schema, query = {}, notFound }: ListSource<T>,
  { filter, sort, signal }: ListOptions,
  { offset, after }: Position,
  limit: number,
): Promise<{ readonly entries: readonly T[]; readonly envelope: Envelope }> {
  // Where the cloud gives a token, it stands for the offset.
  const place = after === undefined ? { offset } : { after };
  const call = {
    path,
    query: { ...query, filter, sort, limit, ...place },
    ...(notFound === undefined ? {} : { notFound }),
  };
  const { envelope, answer } = await requestEnvelope(desk, call, signal);
  return { entries: readResources(schema, envelope.resources, answer), envelope };
}

function seen({ offset }: Position, received: number, { total }: Envelope): PageSeen {
  return { offset, received, ...(total === undefined ? {} : { total }) };
}

/**
 * Where nobody counts the list, only its pages say whether the walk gets on: a cloud that ignored the offset would give
 * the first one for ever.
 *
 * @returns What the next page is compared with.
 */
function checkMoved(path: string, { resources, total = 0 }: Envelope, before: string | undefined): string | undefined {
  const page = total > 0 || resources.length === 0 ? undefined : JSON.stringify(resources);
  if (page !== undefined && page === before) {
    throw new FalconError('RESPONSE_INVALID', `GET ${path}: the cloud gave the same page twice`);
  }
  return page;
}

/** Where the next page begins; `undefined` at the end. */
function next(
  { offset }: Position,
  received: number,
  { total = 0, after }: Envelope,
  { path }: ListSource<unknown>,
  { window }: ListBounds,
): Position | undefined {
  const reached = offset + received;
  if (received === 0) {
    return undefined;
  }
  if (after !== undefined) {
    return { offset: reached, after };
  }
  // A total of 0 beside entries is one that nobody counted; one as large as the window may have been counted no further.
  if (total > 0 && reached >= total && total < window) {
    return undefined;
  }
  if (reached >= window) {
    throw new FalconError(
      'OPTIONS_INVALID',
      `GET ${path}: the list goes on after ${window} entries, or ends right there`,
      {
        hint: 'The cloud pages no further. Narrow the filter, or launch an export.',
      },
    );
  }
  return { offset: reached };
}
