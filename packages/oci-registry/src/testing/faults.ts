/** What goes wrong with an answer of the test registry. */
export type Fault =
  /** The connection ends after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** One byte of the body is changed. */
  | { readonly kind: 'flip'; readonly at: number }
  /** The body is filled up with spaces to so many bytes. */
  | { readonly kind: 'oversize'; readonly bytes: number; readonly chunked?: boolean | undefined }
  /** Nothing more is sent after so many bytes of the body; the connection stays. */
  | { readonly kind: 'stall'; readonly after: number }
  /** The body comes in drops: so many bytes, then a pause in ms. */
  | { readonly kind: 'slow'; readonly chunkBytes: number; readonly delay: number }
  /** The connection ends without an answer. */
  | { readonly kind: 'reset' }
  /** Headers are replaced. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** Another status with an error document. */
  | {
      readonly kind: 'status';
      readonly status: number;
      /** `Retry-After`: seconds, or an HTTP date. */
      readonly retryAfter?: number | string | undefined;
      /** Body; default an error document with code UNKNOWN. */
      readonly body?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    }
  /** A redirect: to the same path on the storage server beside the registry, or to a URL. */
  | { readonly kind: 'redirect'; readonly to?: string | undefined; readonly status?: number | undefined };

/** When a fault happens. */
export interface FaultRule {
  /** What is being asked for. Default anything of the registry itself, not of the storage server. */
  readonly on?: 'manifest' | 'blob' | 'upload' | 'list' | 'token' | 'storage' | undefined;
  /** Only for this tag or digest. */
  readonly reference?: string | undefined;
  /** How many answers are faulty before the rule is used up. Default all. */
  readonly times?: number | undefined;
  readonly fault: Fault;
}

/** An answer before it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** How the body is sent, where not as a whole. */
  readonly delivery?: Extract<Fault, { kind: 'cut' | 'stall' | 'slow' | 'reset' }> | undefined;
}

/** What a fault is looked up by. */
export interface FaultTarget {
  readonly kind: 'manifest' | 'blob' | 'upload' | 'list' | 'token' | 'storage' | 'other';
  readonly reference?: string | undefined;
  /** Path and query of the request. */
  readonly path: string;
}

/** An error document of distribution-spec "Error Codes". */
export function errorDocument(code: string, message: string): Buffer {
  return Buffer.from(JSON.stringify({ errors: [{ code, message, detail: null }] }));
}

/** The rules of a test registry, with what is left of them. */
export class FaultRules {
  readonly #rules: { readonly rule: FaultRule; left: number }[] = [];

  /** Adds a rule; the first one added that fits is used. */
  add(rule: FaultRule): void {
    this.#rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY });
  }

  /** Forgets all rules. */
  clear(): void {
    this.#rules.length = 0;
  }

  /** The fault for a request, which counts as one use of its rule. */
  take({ kind, reference }: FaultTarget): Fault | undefined {
    const found = this.#rules.find(({ rule, left }) => {
      const fits = rule.on === undefined ? kind !== 'storage' : rule.on === kind;
      return left > 0 && fits && (rule.reference === undefined || rule.reference === reference);
    });
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.rule.fault;
  }
}

function flipped(body: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(body);
  copy[at] = (copy[at] ?? 0) ^ 0x01;
  return copy;
}

function oversized(reply: Reply, bytes: number, chunked: boolean): Reply {
  const body = Buffer.alloc(Math.max(bytes, reply.body.length), ' ');
  body.set(reply.body);
  const { 'content-length': _, ...headers } = reply.headers;
  return { ...reply, body, headers: chunked ? headers : { ...headers, 'content-length': String(body.length) } };
}

function failed(fault: Extract<Fault, { kind: 'status' }>): Reply {
  const body = fault.body === undefined ? errorDocument('UNKNOWN', 'injected fault') : Buffer.from(fault.body);
  const headers: Record<string, string> = { 'content-type': 'application/json', ...fault.headers };
  if (fault.retryAfter !== undefined) headers['retry-after'] = String(fault.retryAfter);
  return { status: fault.status, headers: { ...headers, 'content-length': String(body.length) }, body };
}

/**
 * The answer as a fault leaves it.
 *
 * @param storageUrl base URL of the storage server
 */
export function applyFault(reply: Reply, fault: Fault, target: FaultTarget, storageUrl: string): Reply {
  switch (fault.kind) {
    case 'flip':
      return { ...reply, body: flipped(reply.body, fault.at) };
    case 'oversize':
      return oversized(reply, fault.bytes, fault.chunked === true);
    case 'headers':
      return { ...reply, headers: { ...reply.headers, ...fault.headers } };
    case 'status':
      return failed(fault);
    case 'redirect': {
      const location = fault.to ?? `${storageUrl}${target.path}`;
      return { status: fault.status ?? 307, headers: { location, 'content-length': '0' }, body: new Uint8Array(0) };
    }
    default:
      return { ...reply, delivery: fault };
  }
}
