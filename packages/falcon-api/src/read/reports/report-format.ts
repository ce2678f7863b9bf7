import type { JsonObject } from '../call/model.ts';
import type { ImageReport } from './image-report.ts';

/** The forms in which the cloud gives the report of an image. */
export type ReportFormat = 'json' | 'cyclonedx-json' | 'sarif';

/** What a report is in each form. CycloneDX and SARIF are given as they came, beyond a check that they are such. */
export interface ReportDocuments {
  /** The cloud's own form. */
  readonly json: ImageReport;
  /** A CycloneDX bill of materials. */
  readonly 'cyclonedx-json': JsonObject & { readonly bomFormat: 'CycloneDX' };
  /** A SARIF log. */
  readonly sarif: JsonObject & { readonly version: string; readonly runs: readonly unknown[] };
}
