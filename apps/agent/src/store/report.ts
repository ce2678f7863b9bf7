import type { Inventory } from '@falcon-iar/sbom';
import type { WorkloadContext } from '../workload/workload-context.ts';

/** The inventory of an image as it goes into the store. */
export interface NewReport {
  /** Platform manifest digest, or the config digest where there is no manifest. */
  readonly identity: string;
  /** As the image was asked for. */
  readonly reference: string;
  /** RFC 3339. */
  readonly collectedAt: string;
  /** UUID; the same whenever this report is sent again. */
  readonly scanId: string;
  readonly inventory: Inventory;
  /** Where the image was seen first. */
  readonly context: WorkloadContext;
}

/** A report as it goes to a sink. */
export interface StoredReport extends Omit<NewReport, 'inventory' | 'context'> {
  /** Absent in an extension: the sink has it. */
  readonly inventory?: Inventory;
  /** All that are kept, first seen first. */
  readonly contexts: readonly WorkloadContext[];
  /** How many more there were. */
  readonly contextsOmitted: number;
}
