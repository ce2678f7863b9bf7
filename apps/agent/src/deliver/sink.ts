import type { Inventory } from '@falcon-iar/sbom';
import type { WorkloadContext } from '../workload/workload-context.ts';

/** Where an image was seen to run, as far as it is known. */
export interface ReportContexts {
  readonly contexts: readonly WorkloadContext[];
  /** Further ones that were not kept. */
  readonly contextsOmitted: number;
}

/** What is delivered of an image. */
export interface Report extends ReportContexts {
  /** Digest that identifies the image. */
  readonly identity: string;
  /** The image as the first workload named it. */
  readonly reference: string;
  /** RFC 3339. */
  readonly collectedAt: string;
  /** The same however often the report is sent. */
  readonly scanId: string;
  readonly inventory: Inventory;
}

/** Where reports go. */
export interface Sink {
  /** As the setting names it, such as `falcon` or `file:reports`. */
  readonly name: string;
  /** Asks, before there is anything to send, whether the sink lets the agent in. @throws why it does not */
  connect?(options: { readonly signal: AbortSignal }): Promise<void>;
  /** @throws SinkRejection where sending it again cannot help; any other error is tried again */
  send(report: Report, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Tells where else a delivered image runs; absent where nobody wants to know. */
  extend?(identity: string, contexts: ReportContexts, options: { readonly signal: AbortSignal }): Promise<void>;
  close(): Promise<void>;
}

/** A sink refused a report for good. */
export class SinkRejection extends Error {
  override readonly name = 'SinkRejection';
}
