import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { AccessRules } from './access-rules.ts';
import type { ApiFault } from './api-fault.ts';
import type { ApiRequest } from './api-request.ts';
import { ApiRoutes } from './api-routes.ts';
import { ObjectHistory, type ObjectName } from './object-history.ts';
import type { NewObject, ServedResource, StoredObject } from './stored-object.ts';

/** Options of the fake API server. */
export interface ApiServerOptions {
  /** Bearer tokens that are accepted. Default: none is asked for. */
  readonly tokens?: readonly string[];
}

/** A fake API server on loopback. */
export interface ApiServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Every request that was understood, in order. */
  readonly requests: readonly ApiRequest[];
  /** Connections and watches that are open now. */
  readonly connections: number;
  readonly watches: number;
  /** Version of the newest change. */
  readonly resourceVersion: string;
  /** Adds or replaces an object. */
  put(resource: ServedResource, object: NewObject): StoredObject;
  /** Whether it was there. */
  delete(resource: ServedResource, name: ObjectName): boolean;
  /** All objects of a resource, as they are now. */
  list(resource: ServedResource): readonly StoredObject[];
  /** Forgets all history: versions and continue tokens handed out so far get 410. Open watches go on. */
  compact(): void;
  /** Sends a bookmark to each open watch that asked for such. */
  bookmark(): void;
  /** Cuts the connection of each open watch in the middle of an event. */
  cutWatches(): void;
  /** Cuts every connection at once. */
  dropConnections(): void;
  /** Ends each open watch with an `ERROR` event of 410. */
  expireWatches(): void;
  /** Lets something go wrong from now on. */
  fail(fault: ApiFault): void;
  /** Lets everything go right again. */
  clearFaults(): void;
  /** Answers 403 from now on, as RBAC does. */
  deny(verb: ApiRequest['verb'], resource: ServedResource): void;
  /** Takes a refusal back. */
  allow(verb: ApiRequest['verb'], resource: ServedResource): void;
  /** Replaces the accepted tokens. */
  acceptTokens(...tokens: string[]): void;
  /** Stops serving and cuts open connections. */
  close(): Promise<void>;
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an API server for tests on a free port of 127.0.0.1. It serves `get`, `list` and `watch` of pods, secrets,
 * service accounts, namespaces and nodes with paging, resource versions, bookmarks and 410 as a real one, refuses what a
 * real one refuses, and fails on demand. Nothing limits what it keeps.
 */
export async function createApiServer({ tokens }: ApiServerOptions = {}): Promise<ApiServer> {
  const history = new ObjectHistory();
  const rules = new AccessRules();
  rules.accept(tokens);
  const routes = new ApiRoutes(history, rules);
  const { url, sockets, close } = await listen((request, response) => routes.serve(request, response));
  return {
    url,
    requests: routes.requests,
    get connections() {
      return sockets.size;
    },
    get watches() {
      return routes.watches.size;
    },
    get resourceVersion() {
      return `${history.version}`;
    },
    put: (resource, object) => history.put(resource, object),
    delete: (resource, name) => history.delete(resource, name),
    list: (resource) => history.list(resource),
    compact: () => history.compact(),
    bookmark: () => routes.eachWatch((watch) => watch.bookmark(history.version)),
    cutWatches: () => routes.eachWatch((watch) => watch.cut()),
    dropConnections() {
      for (const socket of sockets) socket.destroy();
    },
    expireWatches: () => routes.eachWatch((watch) => watch.expire('too old resource version')),
    fail: (fault) => routes.faults.add(fault),
    clearFaults: () => routes.faults.clear(),
    deny: (verb, resource) => rules.deny(verb, resource),
    allow: (verb, resource) => rules.allow(verb, resource),
    acceptTokens: (...accepted) => rules.accept(accepted),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(serve: (request: IncomingMessage, response: ServerResponse) => void) {
  const sockets = new Set<Socket>();
  const server = createServer(serve);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, close };
}
