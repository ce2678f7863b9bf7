import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessRules } from './access-rules.ts';
import { type ApiAnswer, failureAnswer } from './api-answer.ts';
import { type ApiFault, FaultQueue } from './api-fault.ts';
import { type ApiRequest, parseApiRequest } from './api-request.ts';
import { ListPager } from './list-pager.ts';
import type { ObjectHistory } from './object-history.ts';
import { OpenWatch } from './open-watch.ts';
import { parseFieldSelector, parseLabelSelector, type Selector } from './selector.ts';

const knownQuery: ReadonlySet<string> = new Set([
  ...['watch', 'allowWatchBookmarks', 'timeoutSeconds', 'resourceVersion', 'limit', 'continue'],
  ...['fieldSelector', 'labelSelector'],
]);

/** What the fake API server answers to each request. */
export class ApiRoutes {
  readonly requests: ApiRequest[] = [];
  readonly faults: FaultQueue = new FaultQueue();
  readonly watches: Set<OpenWatch> = new Set();
  readonly #history: ObjectHistory;
  readonly #rules: AccessRules;
  readonly #pager: ListPager;

  constructor(history: ObjectHistory, rules: AccessRules) {
    this.#history = history;
    this.#rules = rules;
    this.#pager = new ListPager(history);
  }

  /** Does something with each open watch. */
  eachWatch(act: (watch: OpenWatch) => void): void {
    for (const watch of [...this.watches]) act(watch);
  }

  serve(message: IncomingMessage, response: ServerResponse): void {
    const request = parseApiRequest(new URL(message.url ?? '/', 'http://api.invalid'));
    const refusal = refuseForm(message, request);
    if (request === undefined || refusal !== undefined) {
      send(response, refusal ?? failureAnswer(404, 'NotFound', 'the server could not find the requested resource'));
      return;
    }
    this.requests.push(request);
    const denied = this.#rules.refuse(request, message.headers.authorization);
    const fault = denied === undefined ? this.faults.take(request) : undefined;
    if (denied !== undefined) send(response, denied);
    else if (fault !== undefined) this.#fail(fault, request, response);
    else this.#answer(request, response);
  }

  #answer(request: ApiRequest, response: ServerResponse): void {
    const selects = selectorOf(request);
    if (selects === undefined) send(response, failureAnswer(400, 'BadRequest', 'a selector is not supported'));
    else if (request.verb === 'watch') this.#watch(request, selects, response);
    else send(response, request.verb === 'list' ? this.#pager.answer(request, selects) : this.#get(request));
  }

  #get({ resource, namespace, name = '' }: ApiRequest): ApiAnswer {
    const object = this.#history.get(resource, { name, ...(namespace !== undefined && { namespace }) });
    return object === undefined
      ? failureAnswer(404, 'NotFound', `${resource} "${name}" not found`)
      : { status: 200, json: object };
  }

  #watch(request: ApiRequest, selects: Selector, response: ServerResponse): void {
    const { resourceVersion = '0', timeoutSeconds = '1' } = request.query;
    if (!/^\d{1,15}$/.test(resourceVersion) || !/^\d{1,6}$/.test(timeoutSeconds)) {
      send(response, failureAnswer(400, 'BadRequest', 'resourceVersion and timeoutSeconds must be numbers'));
      return;
    }
    if (Number(resourceVersion) > this.#history.version) {
      send(response, failureAnswer(504, 'Timeout', `Too large resource version: ${resourceVersion}`));
      return;
    }
    const watch = new OpenWatch(request, selects, response);
    this.watches.add(watch);
    response.once('close', () => this.watches.delete(watch));
    watch.start(this.#history);
  }

  #fail({ effect, retryAfter }: ApiFault, request: ApiRequest, response: ServerResponse): void {
    const isWatch = request.verb === 'watch';
    if (effect === 'hang') return;
    if (effect === 'reset') response.socket?.destroy();
    else if (effect === 'garbage') response.writeHead(200, { 'content-type': 'application/json' }).end('<html>\n');
    else if (effect === 'truncate') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(isWatch ? '{"type":"ADD' : '{"kind":"PodList","items":[', () => response.socket?.destroy());
    } else if (effect === 'expire' && isWatch) {
      response.writeHead(200, { 'content-type': 'application/json' });
      new OpenWatch(request, () => true, response).expire('too old resource version: injected');
    } else {
      const status = effect === 'expire' ? 410 : effect;
      const headers = retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` };
      send(response, { ...failureAnswer(status, 'Injected', 'injected fault'), headers });
    }
  }
}

function refuseForm({ method, headers }: IncomingMessage, request: ApiRequest | undefined): ApiAnswer | undefined {
  if (method !== 'GET') return failureAnswer(405, 'MethodNotAllowed', 'only reads are served');
  if (!/application\/json|\*\/\*/.test(headers.accept ?? '')) {
    return failureAnswer(406, 'NotAcceptable', 'only application/json is served');
  }
  const strange = Object.keys(request?.query ?? {}).filter((name) => !knownQuery.has(name));
  return strange.length === 0 ? undefined : failureAnswer(400, 'BadRequest', `unknown parameters: ${strange}`);
}

/** What the request selects; `undefined` where a selector is not supported. */
function selectorOf({ namespace, query }: ApiRequest): Selector | undefined {
  const byField = parseFieldSelector(query.fieldSelector ?? '');
  const byLabel = parseLabelSelector(query.labelSelector ?? '');
  if (byField === undefined || byLabel === undefined) return undefined;
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) && byField(object) && byLabel(object);
}

function send(response: ServerResponse, { status, json, headers }: ApiAnswer): void {
  const body = JSON.stringify(json);
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  });
  response.end(body);
}
