import { type ApiAnswer, failureAnswer } from './api-answer.ts';
import type { ApiRequest } from './api-request.ts';
import type { ObjectHistory } from './object-history.ts';
import type { Selector } from './selector.ts';
import { type StoredObject, servedResources } from './stored-object.ts';

interface Snapshot {
  readonly version: number;
  readonly resource: string;
  readonly rest: readonly StoredObject[];
}

/** Lists in pages, each list as the objects were at its first page, until a compaction forgets that. */
export class ListPager {
  readonly #history: ObjectHistory;
  readonly #snapshots = new Map<string, Snapshot>();
  #tokens = 0;

  constructor(history: ObjectHistory) {
    this.#history = history;
  }

  answer({ resource, query }: ApiRequest, selects: Selector): ApiAnswer {
    const { limit: limitText = '0', continue: token, resourceVersion } = query;
    if (!/^\d{1,9}$/.test(limitText)) return failureAnswer(400, 'BadRequest', 'limit is not a number');
    if (token !== undefined && resourceVersion !== undefined) {
      return failureAnswer(400, 'BadRequest', 'specifying resource version is not allowed when using continue');
    }
    const start = token === undefined ? this.#start(resource, selects) : this.#snapshots.get(token);
    if (start === undefined || start.resource !== resource) {
      return failureAnswer(400, 'BadRequest', 'continue key is not valid');
    }
    if (start.version < this.#history.compacted) {
      return failureAnswer(410, 'Expired', 'The provided continue parameter is too old to display a consistent list');
    }
    return this.#page(start, Number(limitText) || Number.POSITIVE_INFINITY);
  }

  #start(resource: ApiRequest['resource'], selects: Selector): Snapshot {
    return { version: this.#history.version, resource, rest: this.#history.list(resource).filter(selects) };
  }

  #page({ version, resource, rest }: Snapshot, limit: number): ApiAnswer {
    const left = rest.slice(limit);
    const metadata: Record<string, unknown> = { resourceVersion: `${version}` };
    if (left.length > 0) {
      const token = btoa(`page ${++this.#tokens} of version ${version}`);
      this.#snapshots.set(token, { version, resource, rest: left });
      Object.assign(metadata, { continue: token, remainingItemCount: left.length });
    }
    // Items of a list carry neither kind nor apiVersion.
    const items = rest.slice(0, limit).map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item);
    const { kind } = servedResources[resource as ApiRequest['resource']];
    return { status: 200, json: { kind: `${kind}List`, apiVersion: 'v1', metadata, items } };
  }
}
