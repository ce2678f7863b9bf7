import { neededText } from '../call/model.ts';
import { apiCall, type CallOptions, checkIds, type ReadDesk, requestEnvelope } from '../call/read-desk.ts';
import { readOnly, readResources } from '../call/read-resources.ts';
import { type ExportJob, exportJobSchema } from './export-job.ts';

/** What to export: `exports.LaunchExportRequest`. */
export interface ExportRequest {
  /**
   * `assets.` and clusters, containers, deployments, images, namespaces, nodes or pods; `images.` and images-assessment,
   * images-assessment-expanded, images-assessment-vulnerabilities-expanded, images-assessment-detections-expanded,
   * images-detections, packages or vulnerabilities; `investigate.` and container-alerts, drift-indicators,
   * kubernetes-ioms, runtime-detections or unidentified-containers; `policies.exclusions`.
   */
  readonly resource: string;
  readonly format: 'csv' | 'json';
  /** A filter in Falcon Query Language; passed on as given. */
  readonly fql?: string;
  /** Column and direction; passed on as given. Default: none. */
  readonly sort?: string;
}

/** How to download. */
export interface DownloadOptions extends CallOptions {
  /** Bytes of the file that are read. Default 4 GiB. */
  readonly maxBytes?: number;
}

/** Exports: lists of any length, made by the cloud into a file. Scope `falcon-container-image:read`. */
export interface ExportsEndpoint {
  /**
   * Starts an export and gives its id: `POST /container-security/entities/exports/v1`. It is not started twice.
   *
   * @throws FalconError `RATE_LIMITED` without `retryAfter` while another export of the same resource runs.
   */
  launch(request: ExportRequest, options?: CallOptions): Promise<string>;
  /** Where up to 100 exports stand: `GET` of the same. */
  status(ids: readonly string[], options?: CallOptions): Promise<readonly ExportJob[]>;
  /** Ids of the last 100: `GET /container-security/queries/exports/v1`; the filter knows `resource` and `status`. */
  ids(options?: CallOptions & { readonly filter?: string }): Promise<readonly string[]>;
  /**
   * The file of an export, as bytes: `GET /container-security/entities/exports/files/v1`. Nothing is asked for before
   * the loop begins; leaving it early closes the connection. Retries end where the bytes begin.
   *
   * @throws FalconError `NOT_FOUND` where there is no such file (yet, or any more), `RESPONSE_TOO_LARGE`, or any code a
   *   call can fail with.
   */
  download(id: string, options?: DownloadOptions): AsyncIterable<Uint8Array>;
}

const path = '/container-security/entities/exports/v1';
const maxFileBytes = 4 * 1024 ** 3;

/** The exports over a session. */
export function createExportsEndpoint(desk: ReadDesk): ExportsEndpoint {
  return {
    async launch({ resource, format, fql, sort = '' }, { signal } = {}) {
      const body = { resource, format, fql, sort };
      const call = { method: 'POST', path, body, repeat: 'unprocessed' } as const;
      const { envelope, answer } = await requestEnvelope(desk, call, signal);
      return readOnly(neededText, envelope.resources, answer);
    },
    async status(ids, { signal } = {}) {
      const call = { path, query: { ids: checkIds(ids, 100) } };
      const { envelope, answer } = await requestEnvelope(desk, call, signal);
      return readResources(exportJobSchema, envelope.resources, answer);
    },
    async ids({ filter, signal } = {}) {
      const call = { path: '/container-security/queries/exports/v1', query: { filter } };
      const { envelope, answer } = await requestEnvelope(desk, call, signal);
      return readResources(neededText, envelope.resources, answer);
    },
    download: (id, options = {}) => download(desk, id, options),
  };
}

async function* download(
  { session, timeout }: ReadDesk,
  id: string,
  { maxBytes = maxFileBytes, signal }: DownloadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const call = apiCall(
    {
      path: '/container-security/entities/exports/files/v1',
      query: { id: checkIds([id], 1) },
      maxBytes,
      notFound: 'the cloud has no file of this export',
    },
    timeout,
  );
  const headers = { accept: 'application/octet-stream, application/json' };
  const { stream } = await session.open({ ...call, headers }, () => session.tokenSource.apiUrl, signal);
  yield* stream;
}
