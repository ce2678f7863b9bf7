import { FalconError } from '../../falcon-error.ts';

/** What a page was, for a caller who shows progress. */
export interface PageSeen {
  /** Entries before this page. */
  readonly offset: number;
  /** Entries on it. */
  readonly received: number;
  /** Entries of the whole list, as the cloud counted them for this page; it may change from page to page. */
  readonly total?: number;
}

/** How to walk a list. */
export interface ListOptions {
  /** A filter in Falcon Query Language; it is passed on as given. */
  readonly filter?: string;
  /** Column and direction, such as `last_seen.desc`; passed on as given. */
  readonly sort?: string;
  /** Entries asked for at once. Default: the most the cloud allows for the list. */
  readonly pageSize?: number;
  /** Entries to skip. Default 0. */
  readonly offset?: number;
  /** Told of each page before its first entry is given. */
  readonly onPage?: (page: PageSeen) => void;
  /** Ends the walk; it rejects with the signal's own reason. */
  readonly signal?: AbortSignal;
}

/** The bounds of a list. */
export interface ListBounds {
  /** Entries the cloud gives at once. */
  readonly maxPage: number;
  /** Entries the cloud pages through: offset plus page size cannot exceed it. */
  readonly window: number;
}

/** The bounds of nearly every list. */
export const usualBounds: ListBounds = { maxPage: 100, window: 10_000 };

/**
 * Holds page size and offset against the bounds of a list.
 *
 * @throws FalconError `OPTIONS_INVALID`.
 */
export function checkListOptions(
  { pageSize, offset = 0 }: ListOptions,
  { maxPage, window }: ListBounds,
): { readonly pageSize: number; readonly offset: number } {
  const size = pageSize ?? maxPage;
  if (!Number.isInteger(size) || size < 1 || size > maxPage) {
    throw new FalconError('OPTIONS_INVALID', `pageSize: not a whole number from 1 to ${maxPage}`);
  }
  if (!Number.isInteger(offset) || offset < 0 || offset >= window) {
    throw new FalconError('OPTIONS_INVALID', `offset: not a whole number from 0 to ${window - 1}`);
  }
  return { pageSize: size, offset };
}
