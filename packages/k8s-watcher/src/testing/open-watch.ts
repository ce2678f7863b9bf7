import type { ServerResponse } from 'node:http';
import { statusObject } from './api-answer.ts';
import type { ApiRequest } from './api-request.ts';
import type { ObjectChange, ObjectHistory } from './object-history.ts';
import type { Selector } from './selector.ts';
import { servedResources } from './stored-object.ts';

/** A watch that a client has open. */
export class OpenWatch {
  readonly #request: ApiRequest;
  readonly #selects: Selector;
  readonly #response: ServerResponse;
  #isOver = false;

  constructor(request: ApiRequest, selects: Selector, response: ServerResponse) {
    this.#request = request;
    this.#selects = selects;
    this.#response = response;
  }

  /** Sends what happened since the version asked for, then everything as it happens, until the time is over. */
  start(history: ObjectHistory): void {
    const { resourceVersion: from, timeoutSeconds = '1800' } = this.#request.query;
    this.#response.writeHead(200, { 'content-type': 'application/json' });
    this.#response.flushHeaders();
    const changes = from === undefined || from === '0' ? this.#everything(history) : history.since(Number(from));
    if (changes === undefined) {
      this.expire(`too old resource version: ${from} (${history.compacted})`);
      return;
    }
    for (const change of changes) this.#send(change);
    const unsubscribe = history.subscribe((change) => this.#send(change));
    const timer = setTimeout(() => this.#end(), Number(timeoutSeconds) * 1000);
    this.#response.once('close', () => {
      clearTimeout(timer);
      unsubscribe();
    });
  }

  /** Ends it with an `ERROR` event. */
  expire(message: string): void {
    this.#write('ERROR', statusObject(410, 'Expired', message));
    this.#end();
  }

  /** A bookmark, if the client asked for such. */
  bookmark(version: number): void {
    const { resource, query } = this.#request;
    if (query.allowWatchBookmarks !== 'true') return;
    const metadata = { resourceVersion: `${version}`, creationTimestamp: null };
    this.#write('BOOKMARK', { kind: servedResources[resource].kind, apiVersion: 'v1', metadata });
  }

  /** Cuts the connection, half an event sent. */
  cut(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#response.write('{"type":"MODIFIED","object":{"metadata":{"na', () => this.#response.socket?.destroy());
  }

  #everything(history: ObjectHistory): ObjectChange[] {
    const { resource } = this.#request;
    return history
      .list(resource)
      .map((after) => ({ version: Number(after.metadata.resourceVersion), resource, after, last: after }));
  }

  #send({ resource, before, after, last }: ObjectChange): void {
    if (resource !== this.#request.resource) return;
    const wasSelected = before !== undefined && this.#selects(before);
    const isSelected = after !== undefined && this.#selects(after);
    if (isSelected) this.#write(wasSelected ? 'MODIFIED' : 'ADDED', after);
    // One that a selector no longer selects is deleted as far as this watch can see.
    else if (wasSelected) this.#write('DELETED', after ?? last);
  }

  #end(): void {
    this.#isOver = true;
    this.#response.end();
  }

  #write(type: string, object: unknown): void {
    if (!this.#isOver) this.#response.write(`${JSON.stringify({ type, object })}\n`);
  }
}
