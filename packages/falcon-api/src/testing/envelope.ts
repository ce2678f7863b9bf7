import type { HostReaction } from './host-server.ts';

/** An answer of the double, with the reason for the developer where it refuses. */
export interface DoubleAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Why the request was refused; kept in `rejections`, never sent. */
  readonly reason?: string;
}

/** What a route gives: an answer, or a fault of the connection. */
export type DoubleReaction = DoubleAnswer | Extract<HostReaction, string>;

/** `msa.MetaInfo`. */
export function metaInfo(traceId: string): Readonly<Record<string, unknown>> {
  return { query_time: 0.01, powered_by: 'crowdstrike-api-gateway', trace_id: traceId };
}

/** A refusal in the form of `msa.ReplyMetaOnly`. */
export function refuse(status: number, message: string, traceId: string, reason: string): DoubleAnswer {
  return { status, json: { meta: metaInfo(traceId), errors: [{ code: status, message }] }, reason };
}

/** A refusal in the form of `core.EntitiesResponse`. */
export function refuseEntities(status: number, message: string, traceId: string, reason: string): DoubleAnswer {
  return { status, json: { meta: metaInfo(traceId), errors: [{ code: status, message }], resources: [] }, reason };
}

/** A success in the form of an envelope with resources. */
export function resources(values: readonly unknown[], traceId: string): DoubleAnswer {
  return { status: 200, json: { meta: metaInfo(traceId), errors: null, resources: values } };
}
