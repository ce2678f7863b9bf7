/** The query of a request; members that are `undefined` are left out. */
export type RequestQuery = Readonly<Record<string, string | number | boolean | undefined>>;

/** Options of one read. */
export interface ReadOptions {
  readonly query?: RequestQuery;
  readonly signal?: AbortSignal | undefined;
}

/** Options of one stream of lines. */
export interface LineOptions extends ReadOptions {
  /** ms without a byte after which the stream fails with `TIMEOUT`. Default: the transport's. */
  readonly idleTimeout?: number;
  /** Called when the server has accepted the request, before the first line. */
  readonly onOpen?: () => void;
}

/**
 * Authenticated GETs to one API server. It is the whole interface the watcher needs, so a program may bring its own.
 * Every error is a WatcherError; an abort rejects with `signal.reason` itself.
 */
export interface ClusterTransport {
  /** `host[:port]`, for messages. */
  readonly host: string;
  /** The parsed JSON of a whole answer, at most the transport's `maxBodyBytes` long. `path` begins with a slash. */
  getJson(path: string, options?: ReadOptions): Promise<unknown>;
  /** The non-empty lines of an answer as they come, each at most `maxLineBytes` long. Leaving the loop frees the socket. */
  getLines(path: string, options?: LineOptions): AsyncIterable<string>;
  /** Cuts what is under way and frees all sockets. */
  close(): Promise<void>;
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
