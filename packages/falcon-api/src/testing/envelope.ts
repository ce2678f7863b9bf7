import type { HostReaction } from './host-server.ts';

/** An answer of the double, with the reason for the developer where it refuses. */
export interface DoubleAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, in place of `json`. */
  readonly content?: { readonly type: string; readonly bytes: Uint8Array };
  /** Why the request was refused; kept in `rejections`, never sent. */
  readonly reason?: string;
  /** What was done, for the log. */
  readonly note?: string;
}

/** What a route gives: an answer, or a fault of the connection. */
export type DoubleReaction = DoubleAnswer | Extract<HostReaction, string>;

/** `msa.MetaInfo`, with what else an answer tells in it, such as `pagination`. */
export function metaInfo(
  traceId: string,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { query_time: 0.01, powered_by: 'crowdstrike-api-gateway', trace_id: traceId, ...more };
}

/** A refusal in the form of `msa.ReplyMetaOnly`. */
export function refuse(status: number, message: string, traceId: string, reason: string): DoubleAnswer {
  return { status, json: { meta: metaInfo(traceId), errors: [{ code: status, message }] }, reason };
}

/** A refusal in the form of `core.EntitiesResponse`. */
export function refuseEntities(status: number, message: string, traceId: string, reason: string): DoubleAnswer {
  return { status, json: { meta: metaInfo(traceId), errors: [{ code: status, message }], resources: [] }, reason };
}

/** A refusal in the form of a lone `msa.APIError`. */
export function refuseBare(status: number, message: string, traceId: string, reason: string): DoubleAnswer {
  return { status, json: { code: status, id: traceId, message }, reason };
}

/** A 401 as the container upload host gives it: its code is a word. */
export function refuseUnauthorizedUpload(reason: string): DoubleAnswer {
  const errors = [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }];
  return { status: 401, json: { errors }, reason };
}

/** A success in the form of an envelope with resources. */
export function resources(values: readonly unknown[], traceId: string): DoubleAnswer {
  return { status: 200, json: { meta: metaInfo(traceId), errors: null, resources: values } };
}
