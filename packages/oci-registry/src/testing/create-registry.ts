import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type BuiltImage, buildImage, type ImageSpec, type IndexSpec } from './build-image.ts';
import { applyFault, errorDocument, type FaultRule, FaultRules, type FaultTarget, type Reply } from './faults.ts';
import { type AuthRequest, type RegistryAuth, RegistryAuthenticator } from './registry-auth.ts';
import { RegistryContent } from './registry-content.ts';
import { type SelfSignedCertificate, selfSignedCertificate } from './self-signed.ts';
import { sendReply } from './send-reply.ts';

/** Options of {@link createRegistry}. */
export interface TestRegistryOptions {
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

const contentPath = /^\/v2\/(?<name>[a-z0-9._/-]+)\/(?<kind>manifests|blobs)\/(?<reference>[A-Za-z0-9_.:-]+)$/;

function problem(status: number, code: string, message: string): Reply {
  const body = errorDocument(code, message);
  return { status, headers: { 'content-type': 'application/json', 'content-length': String(body.length) }, body };
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

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

function targetOf(path: string, server: 'registry' | 'storage', url: URL): FaultTarget {
  const match = contentPath.exec(path)?.groups;
  const kind = match?.kind === 'manifests' ? 'manifest' : match?.kind === 'blobs' ? 'blob' : 'other';
  const asked = path === '/token' ? 'token' : kind;
  return {
    kind: server === 'storage' ? 'storage' : asked,
    reference: match?.reference,
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
    const target = targetOf(url.pathname, server, url);
    const body = await readBody(request);
    const reply = this.#answer(server, { method, url, authorization: headers.authorization, body }, headers.accept);
    const fault = this.#faults.take(target);
    const final = fault === undefined ? reply : applyFault(reply, fault, target, this.#storageUrl);
    record.status = final.status;
    await sendReply(response, final, method);
  }

  #answer(server: 'registry' | 'storage', request: AuthRequest, accept: string | undefined): Reply {
    const { pathname } = request.url;
    if (server === 'registry' && pathname === '/token') return this.#auth.issue(request, this.url);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return problem(405, 'UNSUPPORTED', 'this registry can only be read');
    }
    const { name = '', kind, reference = '' } = contentPath.exec(pathname)?.groups ?? {};
    const refusal = server === 'registry' ? this.#auth.refusal(request, name, this.url) : undefined;
    if (refusal !== undefined) return refusal;
    if (!this.#content.has(name)) return problem(404, 'NAME_UNKNOWN', 'repository name not known to registry');
    const content = this.#content.find(name, kind === 'blobs' ? 'blob' : 'manifest', reference);
    if (content === undefined) {
      return problem(404, kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN', 'not known to registry');
    }
    if (kind === 'manifests' && accept === undefined) return problem(406, 'UNSUPPORTED', 'no Accept header');
    return {
      status: 200,
      headers: {
        'content-type': content.mediaType,
        'content-length': String(content.bytes.length),
        'docker-content-digest': content.digest,
      },
      body: content.bytes,
    };
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
