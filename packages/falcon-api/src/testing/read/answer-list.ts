import type { RouteCall } from '../double-route.ts';
import { type DoubleAnswer, metaInfo, refuseEntities } from '../envelope.ts';
import { type FieldValues, parseFql, type RowFilter } from './fql.ts';
import type { ReadSideOptions } from './read-options.ts';

/** A row of a list, with what it can be filtered and sorted by. */
export interface Row {
  readonly resource: unknown;
  readonly fields: FieldValues;
}

/** A list as the double serves it. */
export interface ServedList {
  /** Fields of a filter; none where the list takes no filter. */
  readonly filters: readonly string[];
  /** Names of the query besides filter, sort, limit and offset. */
  readonly queries?: readonly string[];
  /** Most entries of a page. */
  readonly maxLimit: number;
  /** What offset and limit together must not exceed. Default 10 000. */
  readonly window?: number;
}

/** Answers one page of a list. Whatever the list does not know in the query is refused. */
export function answerList(
  call: RouteCall,
  list: ServedList,
  rows: Iterable<Row>,
  behaviour: Pick<ReadSideOptions, 'maxPage' | 'totals'>,
): DoubleAnswer {
  const asked = readQuery(call.query, list);
  if (typeof asked === 'string') {
    return refuseEntities(400, 'invalid request', call.traceId, asked);
  }
  const all = [...rows].filter(({ fields }) => asked.filter(fields));
  const sorted = asked.sort === undefined ? all : sortRows(all, asked.sort);
  const size = Math.min(asked.limit, behaviour.maxPage ?? asked.limit);
  const page = sorted.slice(asked.offset, asked.offset + size);
  const total = totalOf(behaviour.totals ?? 'exact', asked.offset + page.length, sorted.length);
  const pagination = { limit: asked.limit, offset: asked.offset, ...(total === undefined ? {} : { total }) };
  const resources = page.map(({ resource }) => resource);
  return {
    status: 200,
    // As a Go service writes an empty list.
    json: {
      meta: metaInfo(call.traceId, { pagination }),
      errors: null,
      resources: resources.length === 0 ? null : resources,
    },
  };
}

function totalOf(mode: NonNullable<ReadSideOptions['totals']>, reached: number, whole: number): number | undefined {
  if (mode === 'absent') {
    return undefined;
  }
  return mode === 'growing' ? Math.min(whole, reached + 1) : whole;
}

interface AskedPage {
  readonly filter: RowFilter;
  readonly sort: SortOrder | undefined;
  readonly limit: number;
  readonly offset: number;
}

interface SortOrder {
  readonly field: string;
  readonly descending: boolean;
}

function readQuery(query: URLSearchParams, list: ServedList): AskedPage | string {
  const known = ['sort', 'limit', 'offset', ...(list.filters.length > 0 ? ['filter'] : []), ...(list.queries ?? [])];
  const problem = checkNames(query, known);
  const filter = parseFql(query.get('filter') ?? '', list.filters);
  const sort = readSort(query.get('sort'));
  const limit = readNumber(query.get('limit') ?? String(list.maxLimit));
  const offset = readNumber(query.get('offset') ?? '0');
  if (problem !== undefined) {
    return problem;
  }
  if (typeof filter === 'string') {
    return filter;
  }
  if (typeof sort === 'string') {
    return sort;
  }
  if (limit === undefined || limit < 1 || limit > list.maxLimit) {
    return `limit: not a whole number from 1 to ${list.maxLimit}`;
  }
  const window = list.window ?? 10_000;
  if (offset === undefined || offset + limit > window) {
    return `offset: not a whole number from 0 to ${window} less the limit`;
  }
  return { filter, sort, limit, offset };
}

/** The first name of a query that is unknown or there twice, as a problem. */
export function checkNames(query: URLSearchParams, known: readonly string[]): string | undefined {
  for (const name of new Set(query.keys())) {
    if (!known.includes(name)) {
      return `query: ${JSON.stringify(name.slice(0, 40))} is unknown`;
    }
    if (query.getAll(name).length > 1) {
      return `query: ${name} is there more than once`;
    }
  }
  return undefined;
}

function readNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function readSort(text: string | null): SortOrder | string | undefined {
  if (text === null || text === '') {
    return undefined;
  }
  const { field, direction } = /^(?<field>\w+)(?:[.|](?<direction>asc|desc))?$/.exec(text)?.groups ?? {};
  return field === undefined ? 'sort: not a field and a direction' : { field, descending: direction === 'desc' };
}

function sortRows(rows: readonly Row[], { field, descending }: SortOrder): readonly Row[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => sign * compare(a.fields[field], b.fields[field]));
}

function compare(a: FieldValues[string], b: FieldValues[string]): number {
  if (typeof a === 'number' && typeof b === 'number') {
    return a - b;
  }
  const [left, right] = [String(a ?? ''), String(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}
