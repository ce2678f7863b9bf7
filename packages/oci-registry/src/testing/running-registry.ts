import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type ApiRequest, emptyReply, problem } from './api-request.ts';
import { applyFault, type StorageUrls } from './apply-fault.ts';
import { type BuiltImage, buildImage, type ImageSpec, type IndexSpec } from './build-image.ts';
import type { Fault, FaultRule } from './fault.ts';
import { faultRequest } from './fault-request.ts';
import { FaultRules } from './fault-rules.ts';
import { LoopbackServer } from './loopback-server.ts';
import { readBody } from './read-body.ts';
import { RegistryApi, type Route, routeOf, scopeOf } from './registry-api.ts';
import { RegistryAuthenticator } from './registry-auth.ts';
import { RegistryContent, type StoredContent } from './registry-content.ts';
import type { Reply } from './reply.ts';
import {
  maskedAuthorization,
  maskedHeaders,
  type RecordedRequest,
  type RequestFilter,
  RequestLog,
} from './request-log.ts';
import type { SelfSignedCertificate } from './self-signed.ts';
import { sendReply } from './send-reply.ts';
import { type ServerTls, serverTls } from './server-tls.ts';
import { SignedUrls } from './signed-urls.ts';
import type { PushedImage, TestRegistry, TestRegistryOptions } from './test-registry.ts';

type ServerName = RecordedRequest['server'];
type AskedRequest = Omit<ApiRequest, 'canPull'>;

/** The two servers, what they hold and what they saw. */
export class RunningRegistry implements TestRegistry {
  url = '';
  host = '';
  storageUrl = '';
  readonly #tls: ServerTls | undefined;
  readonly #log = new RequestLog();
  readonly #content = new RegistryContent();
  readonly #api: RegistryApi;
  readonly #faults = new FaultRules();
  readonly #auth: RegistryAuthenticator;
  readonly #signedUrls: SignedUrls;
  readonly #warnings: readonly string[];
  readonly #registry: LoopbackServer;
  readonly #storage: LoopbackServer;

  constructor(options: TestRegistryOptions) {
    const now = options.now ?? Date.now;
    this.#tls = serverTls(options);
    this.#auth = new RegistryAuthenticator(options.auth ?? { type: 'anonymous' }, now);
    this.#signedUrls = new SignedUrls(now);
    this.#api = new RegistryApi(this.#content, options);
    this.#warnings = options.warnings ?? [];
    for (const rule of options.faults ?? []) this.#faults.add(rule);
    const serve = (name: ServerName): LoopbackServer =>
      new LoopbackServer((request, response) => void this.#serve(name, request, response), this.#tls?.[name]);
    this.#registry = serve('registry');
    this.#storage = serve('storage');
  }

  async start(): Promise<void> {
    const scheme = this.#tls === undefined ? 'http' : 'https';
    this.host = `127.0.0.1:${await this.#registry.listen()}`;
    this.url = `${scheme}://${this.host}`;
    this.storageUrl = `${scheme}://127.0.0.1:${await this.#storage.listen()}`;
  }

  get certificate(): string | undefined {
    return this.#tls?.trust;
  }

  get clientCertificate(): SelfSignedCertificate | undefined {
    return this.#tls?.client;
  }

  get requests(): readonly RecordedRequest[] {
    return this.#log.requests;
  }

  requestsFor(filter: RequestFilter): readonly RecordedRequest[] {
    return this.#log.matching(filter);
  }

  waitForRequest(
    predicate: (request: RecordedRequest) => boolean,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<RecordedRequest> {
    return this.#log.waitFor(predicate, signal);
  }

  get openConnections(): number {
    return this.#registry.openConnections + this.#storage.openConnections;
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
    this.#log.close();
    await Promise.all([this.#registry.close(), this.#storage.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(server: ServerName, request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A target that is no path gets the answer of a path that is not there.
    const url = URL.parse(request.url ?? '/', this.url) ?? new URL('/invalid-request-target', this.url);
    const { method = 'GET', headers } = request;
    const route = routeOf(url.pathname);
    const target = faultRequest(server, route, { method, url, headers });
    const fault = this.#faults.take(target);
    const record = this.#record(server, request, url, { ...target, repository: route?.name || undefined }, fault);
    response.on('close', () => {
      record.outcome = response.writableFinished ? 'sent' : 'closed';
      this.#log.changed(record);
    });
    const read = await readBody(request, fault?.kind === 'drop' ? fault.after : undefined);
    record.bytesReceived = read.body.length;
    if (fault?.kind === 'expire-token') this.#auth.revoke(headers.authorization);
    const isUndone = fault?.kind === 'redirect' || (fault?.kind === 'status' && fault.undone === true);
    const reply = isUndone ? emptyReply(200) : this.#answer(server, route, { method, url, headers, ...read });
    if (!read.complete || fault?.kind === 'drop') {
      response.destroy();
      return;
    }
    const final = fault === undefined ? reply : applyFault(reply, fault, target, this.#storageUrls);
    record.status = final.status;
    this.#log.changed(record);
    await sendReply(response, this.#warned(final), method, (bytes) => {
      record.bytesSent += bytes;
    });
  }

  #record(
    server: ServerName,
    { headers, socket }: IncomingMessage,
    { pathname, search }: URL,
    { kind, method, reference, repository }: Pick<RecordedRequest, 'kind' | 'method' | 'reference' | 'repository'>,
    fault: Fault | undefined,
  ): RecordedRequest {
    const peer = 'getPeerCertificate' in socket ? (socket as TLSSocket).getPeerCertificate() : undefined;
    const record: RecordedRequest = {
      ...{ server, kind, method, path: pathname, query: search, repository, reference },
      headers: maskedHeaders(headers),
      authorization: maskedAuthorization(headers.authorization),
      clientCertificate: peer?.raw !== undefined,
      ...{ bytesReceived: 0, status: 0, bytesSent: 0, fault: fault?.kind, outcome: 'open' },
    };
    this.#log.add(record);
    return record;
  }

  get #storageUrls(): StorageUrls {
    return { base: this.storageUrl, sign: (path, terms) => this.#signedUrls.sign(path, terms) };
  }

  #warned(reply: Reply): Reply {
    if (this.#warnings.length === 0) return reply;
    const texts = this.#warnings.map((text) => `299 - "${text.replace(/["\\]/g, '\\$&')}"`);
    return { ...reply, headers: { warning: texts.join(', '), ...reply.headers } };
  }

  #answer(server: ServerName, route: Route | undefined, asked: AskedRequest): Reply {
    const { method, url, headers } = asked;
    const { authorization } = headers as { authorization?: string };
    const auth = { method, url, authorization, body: Buffer.from(asked.body).toString('utf8') };
    if (server === 'registry' && url.pathname === '/token') return this.#auth.issue(auth, this.url);
    if (route === undefined) return problem(404, 'NOT_FOUND', 'no such page');
    const refusal =
      server === 'registry'
        ? this.#auth.refusal(auth, scopeOf(route, method), this.url)
        : this.#signedUrls.refusal(url);
    if (refusal !== undefined) return refusal;
    const canPull = (repository: string) => this.#auth.allows(auth, `repository:${repository}:pull`);
    return this.#api.answer(route, { ...asked, canPull });
  }
}
