import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ApiRequest, problem } from './api-request.ts';
import { type BuiltImage, buildImage, type ImageSpec, type IndexSpec } from './build-image.ts';
import { applyFault, type FaultRule, FaultRules, type FaultTarget, type Reply } from './faults.ts';
import { RegistryApi, type RegistryApiOptions, type Route, routeOf, scopeOf } from './registry-api.ts';
import { type RegistryAuth, RegistryAuthenticator } from './registry-auth.ts';
import { RegistryContent, type StoredContent } from './registry-content.ts';
import { type SelfSignedCertificate, selfSignedCertificate } from './self-signed.ts';
import { sendReply } from './send-reply.ts';

/** Options of {@link createRegistry}. */
export interface TestRegistryOptions extends RegistryApiOptions {
  /** Default anonymous. */
  readonly auth?: RegistryAuth | undefined;
  /** What goes wrong, from the start. */
  readonly faults?: readonly FaultRule[] | undefined;
  /** Serve https: with a certificate made for the purpose, or the given one. Default plain http. */
  readonly tls?: boolean | SelfSignedCertificate | undefined;
  /** Current time in ms since the epoch, for the end of tokens. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** A request that arrived. */
export interface RecordedRequest {
  /** `storage` is the second origin that redirects lead to. */
  readonly server: 'registry' | 'storage';
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Query as it came, with its question mark, or empty. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Status of the answer; 0 before there is one. */
  status: number;
  /** What became of the answer: `closed` where the client closed the connection before its end. */
  outcome: 'open' | 'sent' | 'closed';
}

/** An image that was pushed. */
export interface PushedImage extends BuiltImage {
  /** Digest that the tag names. */
  readonly digest: string;
  /** `host/repository:tag`. */
  readonly reference: string;
}

/** A registry in memory, served over HTTP on loopback. */
export interface TestRegistry {
  /** Base URL, `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Host for references, `127.0.0.1:PORT`. */
  readonly host: string;
  /** PEM certificate to trust, where it serves https. */
  readonly certificate: string | undefined;
  /** Requests so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Stores a blob; its digest. */
  pushBlob(repository: string, bytes: Uint8Array): string;
  /** Stores any document as manifest, good or bad; its digest. */
  pushManifest(repository: string, tag: string | undefined, bytes: Uint8Array | string, mediaType: string): string;
  /** Builds an image, where it is not built yet, and stores it under a tag. */
  push(repository: string, tag: string, image?: ImageSpec | IndexSpec | BuiltImage): Promise<PushedImage>;
  /** Removes a blob; true where there was one. */
  deleteBlob(repository: string, digest: string): boolean;
  /** A manifest by tag or digest, or a blob by digest, as it is stored. */
  find(repository: string, kind: 'manifest' | 'blob', reference: string): StoredContent | undefined;
  /** Uploads that were begun and neither finished nor given up. */
  readonly pendingUploads: number;
  /** Lets something go wrong from now on. */
  addFault(rule: FaultRule): void;
  /** Lets everything go right again. */
  clearFaults(): void;
  /** Makes all tokens bad that were issued. */
  revokeTokens(): void;
  /** Stops serving and cuts open connections. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** Reads a body as far as it comes. */
async function readBody(request: IncomingMessage): Promise<{ body: Buffer; complete: boolean }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
  } catch {
    return { body: Buffer.concat(chunks), complete: false };
  }
  return { body: Buffer.concat(chunks), complete: true };
}

const faultKinds: Readonly<Record<Route['kind'], FaultTarget['kind']>> = {
  manifests: 'manifest',
  blobs: 'blob',
  uploads: 'upload',
  tags: 'list',
  catalog: 'list',
  referrers: 'list',
};

function targetOf(route: Route | undefined, server: 'registry' | 'storage', url: URL): FaultTarget {
  const asked = url.pathname === '/token' ? 'token' : route === undefined ? 'other' : faultKinds[route.kind];
  return {
    kind: server === 'storage' ? 'storage' : asked,
    reference: route?.reference,
    path: url.pathname + url.search,
  };
}

/** The two servers, what they hold and what they saw. */
class RunningRegistry implements TestRegistry {
  url = '';
  host = '';
  readonly certificate: string | undefined;
  readonly requests: RecordedRequest[] = [];
  readonly #content = new RegistryContent();
  readonly #api: RegistryApi;
  readonly #faults = new FaultRules();
  readonly #auth: RegistryAuthenticator;
  readonly #registry: Server;
  readonly #storage: Server;
  #storageUrl = '';

  constructor(options: TestRegistryOptions) {
    const tls = options.tls === true ? selfSignedCertificate() : options.tls || undefined;
    const serve = (name: 'registry' | 'storage'): Server => {
      const listener: RequestListener = (request, response) => void this.#serve(name, request, response);
      return tls === undefined ? createServer(listener) : createTlsServer({ key: tls.key, cert: tls.cert }, listener);
    };
    this.certificate = tls?.cert;
    this.#auth = new RegistryAuthenticator(options.auth ?? { type: 'anonymous' }, options.now ?? Date.now);
    this.#api = new RegistryApi(this.#content, options);
    for (const rule of options.faults ?? []) this.#faults.add(rule);
    this.#registry = serve('registry');
    this.#storage = serve('storage');
  }

  async start(): Promise<void> {
    const scheme = this.certificate === undefined ? 'http' : 'https';
    this.host = `127.0.0.1:${await listen(this.#registry)}`;
    this.url = `${scheme}://${this.host}`;
    this.#storageUrl = `${scheme}://127.0.0.1:${await listen(this.#storage)}`;
  }

  pushBlob(repository: string, bytes: Uint8Array): string {
    return this.#content.putBlob(repository, bytes);
  }

  pushManifest(repository: string, tag: string | undefined, bytes: Uint8Array | string, mediaType: string): string {
    return this.#content.putManifest(repository, tag, { mediaType, bytes: Buffer.from(bytes as Uint8Array) });
  }

  async push(repository: string, tag: string, image: ImageSpec | IndexSpec | BuiltImage = {}): Promise<PushedImage> {
    const built = 'root' in image ? image : await buildImage(image);
    for (const { bytes } of built.blobs) this.#content.putBlob(repository, bytes);
    for (const manifest of built.manifests) this.#content.putManifest(repository, undefined, manifest);
    const digest = this.#content.putManifest(repository, tag, built.root);
    return { ...built, digest, reference: `${this.host}/${repository}:${tag}` };
  }

  deleteBlob(repository: string, digest: string): boolean {
    return this.#content.deleteBlob(repository, digest);
  }

  find(repository: string, kind: 'manifest' | 'blob', reference: string): StoredContent | undefined {
    return this.#content.find(repository, kind, reference);
  }

  get pendingUploads(): number {
    return this.#api.uploads.pending;
  }

  addFault(rule: FaultRule): void {
    this.#faults.add(rule);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  revokeTokens(): void {
    this.#auth.revokeTokens();
  }

  async close(): Promise<void> {
    await Promise.all([stop(this.#registry), stop(this.#storage)]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(server: 'registry' | 'storage', request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const { method = 'GET', headers } = request;
    const record: RecordedRequest = {
      server,
      method,
      path: url.pathname,
      query: url.search,
      headers,
      status: 0,
      outcome: 'open',
    };
    this.requests.push(record);
    response.on('close', () => {
      record.outcome = response.writableFinished ? 'sent' : 'closed';
    });
    const route = routeOf(url.pathname);
    const target = targetOf(route, server, url);
    const asked = { method, url, headers, ...(await readBody(request)) };
    const reply = this.#answer(server, route, asked);
    if (!asked.complete) return;
    const fault = this.#faults.take(target);
    const final = fault === undefined ? reply : applyFault(reply, fault, target, this.#storageUrl);
    record.status = final.status;
    await sendReply(response, final, method);
  }

  #answer(server: 'registry' | 'storage', route: Route | undefined, asked: Omit<ApiRequest, 'canPull'>): Reply {
    const { method, url, headers } = asked;
    const { authorization } = headers as { authorization?: string };
    const auth = { method, url, authorization, body: Buffer.from(asked.body).toString('utf8') };
    if (server === 'registry' && url.pathname === '/token') return this.#auth.issue(auth, this.url);
    if (route === undefined) return problem(404, 'NOT_FOUND', 'no such page');
    const refusalOf = (scope: string) => this.#auth.refusal(auth, scope, this.url);
    const refusal = server === 'registry' ? refusalOf(scopeOf(route, method)) : undefined;
    if (refusal !== undefined) return refusal;
    const canPull = (repository: string) => refusalOf(`repository:${repository}:pull`) === undefined;
    return this.#api.answer(route, { ...asked, canPull });
  }
}

/**
 * Starts a registry for tests: a real HTTP server on loopback with its content in memory, strict about authentication,
 * and faulty where rules say so. Close it in the end.
 */
export async function createRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = new RunningRegistry(options);
  await registry.start();
  return registry;
}
