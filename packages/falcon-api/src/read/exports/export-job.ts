import type { z } from 'zod';
import { model, neededText, number, text } from '../call/model.ts';

/** Where an export stands. The file of a `DONE` one can be downloaded until it is `RESULT_DELETED`. */
export type ExportStatus =
  | 'READY'
  | 'WAITING'
  | 'IN_PROGRESS'
  | 'WAITING_FOR_RETRY'
  | 'DONE'
  | 'FAILED'
  | 'CANCELED'
  | 'RESULT_DELETED';

/**
 * An export: `domain.ExternalExportJob`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/domain_external_export_job.go
 */
export interface ExportJob {
  readonly id: string;
  /** One of the known ones, or a word the cloud has learned since. */
  readonly status: ExportStatus | (string & Record<never, never>);
  /** What is exported, such as `images.vulnerabilities`. */
  readonly resource?: string;
  readonly retries?: number;
  /** RFC 3339. */
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** Reads a `domain.ExternalExportJob`. */
export const exportJobSchema: z.ZodType<ExportJob> = model<ExportJob>({
  id: neededText,
  status: neededText,
  resource: text,
  retries: number,
  created_at: text,
  updated_at: text,
});
