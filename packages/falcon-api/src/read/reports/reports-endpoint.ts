import { FalconError } from '../../falcon-error.ts';
import { type CallOptions, type QueryValues, type ReadDesk, requestDocument } from '../call/read-desk.ts';
import { readReport } from './read-report.ts';
import type { ReportDocuments, ReportFormat } from './report-format.ts';

/** Names an image; every member narrows the choice. At least one is needed. */
export interface ImageSelector {
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
  /** `algorithm:hex` of the platform's manifest. */
  readonly digest?: string;
  /** `algorithm:hex` of the config. */
  readonly imageId?: string;
  /** `amd64`, `arm64`, … */
  readonly architecture?: string;
}

/** Which form of a report, and how much of it. */
export interface ReportOptions<F extends ReportFormat> extends CallOptions {
  /** Default `json`. */
  readonly format?: F;
  /** Bytes of the answer that are read. Default 128 MiB. */
  readonly maxBytes?: number;
}

/** Reports of assessed images: `/image-assessment/entities/reports/v2`. Scope `falcon-container-image:read`. */
export interface ReportsEndpoint {
  /**
   * The report of an image.
   *
   * @throws FalconError `NOT_FOUND` where the cloud has none (yet), `OPTIONS_INVALID` for a selector without members,
   *   `RESPONSE_TOO_LARGE`, or any code a call can fail with.
   */
  byReference<F extends ReportFormat = 'json'>(
    image: ImageSelector,
    options?: ReportOptions<F>,
  ): Promise<ReportDocuments[F]>;
  /**
   * The report of one scan.
   *
   * @throws FalconError as `byReference`.
   */
  byScanId<F extends ReportFormat = 'json'>(id: string, options?: ReportOptions<F>): Promise<ReportDocuments[F]>;
}

const path = '/image-assessment/entities/reports/v2';
const maxReportBytes = 128 * 1024 * 1024;

/** The reports over a session. */
export function createReportsEndpoint(desk: ReadDesk): ReportsEndpoint {
  async function report<F extends ReportFormat>(
    place: { readonly path: string; readonly query?: QueryValues },
    { format = 'json' as F, maxBytes = maxReportBytes, signal }: ReportOptions<F>,
  ): Promise<ReportDocuments[F]> {
    const query = { ...place.query, report_format: format };
    const call = { path: place.path, query, maxBytes, notFound: 'the cloud has no report of it' };
    const { document, answer } = await requestDocument(desk, call, signal);
    return readReport(format, document, answer);
  }
  return {
    byReference: async (image, options = {}) => report({ path, query: selectorQuery(image) }, options),
    byScanId: async (id, options = {}) => report({ path: `${path}/${scanId(id)}` }, options),
  };
}

/**
 * The query that names an image.
 *
 * @throws FalconError `OPTIONS_INVALID` where nothing is named: the cloud would choose any.
 */
function selectorQuery({ imageId, ...image }: ImageSelector): QueryValues {
  const query = { ...image, image_id: imageId };
  if (Object.values(query).every((value) => value === undefined || value === '')) {
    throw new FalconError('OPTIONS_INVALID', 'image: no member says which one');
  }
  return query;
}

function scanId(id: string): string {
  if (!/^[\w-]{1,128}$/.test(id)) {
    throw new FalconError('OPTIONS_INVALID', 'id: not the id of a scan');
  }
  return id;
}
