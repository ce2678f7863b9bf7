import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../cli/usage-error.ts';
import type { Exposition } from './exposition.ts';
import type { Health, HealthReport } from './health.ts';

/** Options of {@link serveObservability}. */
export interface ObservabilityOptions {
  /** Name or address to listen on; default: all addresses, IPv6 and IPv4, or IPv4 alone where IPv6 is off. */
  readonly host?: string | undefined;
  /** 0 takes a free one. */
  readonly port: number;
  readonly health: Pick<Health, 'liveness' | 'readiness'>;
  readonly metrics: Exposition;
  /** Told of a request that could not be answered. */
  readonly onError: (error: unknown) => void;
  /** Closes the server. */
  readonly signal?: AbortSignal | undefined;
  /** ms within which a request has to be complete. Default 10 s. */
  readonly requestTimeout?: number;
}

/** A running server. */
export interface ObservabilityServer extends AsyncDisposable {
  readonly port: number;
  /** Stops listening and ends every connection, after at most a second. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

type Routes = Readonly<Record<string, () => Answer | Promise<Answer>>>;

const defaultRequestTimeout = 10_000;
/** ms without a byte in either direction. */
const idleTimeout = 30_000;
const longestHead = 8 * 1024;
const mostHeaders = 50;
const mostConnections = 100;
/** ms that answers under way get when the server closes. */
const closeGrace = 1000;

/**
 * Serves `/healthz` (liveness), `/readyz` (readiness) and `/metrics`; `/` lists them.
 *
 * @throws UsageError when it cannot listen there, naming the setting to change.
 */
export async function serveObservability(options: ObservabilityOptions): Promise<ObservabilityServer> {
  options.signal?.throwIfAborted();
  const routes = routesOf(options);
  const requestTimeout = options.requestTimeout ?? defaultRequestTimeout;
  const server = createServer(
    {
      maxHeaderSize: longestHead,
      requestTimeout,
      headersTimeout: requestTimeout,
      connectionsCheckingInterval: Math.min(requestTimeout, 5000),
    },
    (request, response) => void respond(request, response, { routes, server, onError: options.onError }),
  );
  server.maxHeadersCount = mostHeaders;
  server.maxConnections = mostConnections;
  server.timeout = idleTimeout;
  const port = await listen(server, options);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeServer(server);
    return closing;
  };
  options.signal?.addEventListener('abort', () => void close(), { once: true });
  if (options.signal?.aborted) await close();
  return { port, close, [Symbol.asyncDispose]: close };
}

async function listen(server: Server, { host, port, onError }: ObservabilityOptions): Promise<number> {
  // An IPv6 address may come in brackets, as in a URL.
  const address = host?.replace(/^\[(.*)\]$/, '$1');
  try {
    server.listen(address ? { port, host: address } : { port });
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, address, port);
  }
  // Such as no file descriptor left to accept with: the next probe may find one.
  server.on('error', onError);
  return (server.address() as AddressInfo).port;
}

const portHint = 'set IAR_HTTP_PORT to a free port, or to off to serve neither health nor metrics';
const hostHint = 'set IAR_HTTP_HOST to an address of this machine, or leave it out for all of them';
const listenFailures: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  EADDRINUSE: ['the port is in use', portHint],
  EACCES: ['this user may not use the port', `${portHint}; those below 1024 need a privilege`],
  EADDRNOTAVAIL: ['this machine does not have that address', hostHint],
  EAFNOSUPPORT: ['this machine has no such kind of address', hostHint],
  EINVAL: ['this machine cannot use that address', hostHint],
  ENOTFOUND: ['nobody knows the name', hostHint],
  EAI_AGAIN: ['the name cannot be looked up', hostHint],
};

function listenError(error: NodeJS.ErrnoException, host: string | undefined, port: number): Error {
  const [what, hint] = listenFailures[error.code ?? ''] ?? [error.message, undefined];
  const where = host ? `port ${port} of ${host}` : `port ${port}`;
  return new UsageError(`cannot serve health and metrics on ${where}: ${what}`, hint, { cause: error });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => server.closeAllConnections(), closeGrace);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function routesOf({ health, metrics }: ObservabilityOptions): Routes {
  const paths = ['/healthz', '/readyz', '/metrics'];
  return {
    '/': () => ({ status: 200, type: 'text/plain; charset=utf-8', body: `${paths.join('\n')}\n` }),
    '/healthz': () => healthAnswer(health.liveness()),
    '/readyz': () => healthAnswer(health.readiness()),
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
  };
}

function healthAnswer(report: HealthReport): Answer {
  return { status: report.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(report)}\n` };
}

interface Responder {
  readonly routes: Routes;
  readonly server: Server;
  readonly onError: (error: unknown) => void;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, server, onError }: Responder,
): Promise<void> {
  const answer = await answerTo(request, routes).catch((error: unknown) => {
    onError(error);
    return problem(500, 'the agent could not answer; its log tells why');
  });
  // An answer that was under way when the server was told to close is the last of its connection.
  if (!server.listening) response.shouldKeepAlive = false;
  send(response, answer);
}

async function answerTo({ method, url = '/', headers }: IncomingMessage, routes: Routes): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') {
    return problem(405, 'only GET and HEAD', { allow: 'GET, HEAD', connection: 'close' });
  }
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasBody) return problem(413, 'no body is wanted', { connection: 'close' });
  const path = url.split('?', 1)[0] ?? '/';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  return route ? route() : problem(404, 'no such path; / lists those there are');
}

function problem(status: number, text: string, headers: Record<string, string> = {}): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n`, headers };
}

function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
