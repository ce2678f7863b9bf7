import { randomBytes } from 'node:crypto';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import { CloudDouble } from './cloud-double.ts';
import type { FalconCloudFaults } from './cloud-faults.ts';
import type { FalconCloudDoubleOptions } from './falcon-cloud-options.ts';
import { type HostServer, startHost } from './host-server.ts';
import type { DoubleHost, RecordedRequest, Rejection } from './records.ts';

/** A Falcon cloud on this machine. */
export interface FalconCloudDouble extends AsyncDisposable {
  /** Origin of the API host. */
  readonly apiUrl: string;
  /** Origin of the upload host. */
  readonly uploadUrl: string;
  /** Origin of an API host that answers every token request with a 308 to `apiUrl`. */
  readonly otherRegionApiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly region: string;
  /** Accepted inventories, oldest first; `null` arrays have become empty ones. */
  readonly inventories: readonly InventoryScanRequest[];
  /** Oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Oldest first. */
  readonly rejections: readonly Rejection[];
  /** What goes wrong; may be changed at any time. */
  readonly faults: FalconCloudFaults;
  /** Scopes of the API client; may be changed at any time. */
  readonly scopes: Set<string>;
  /** Connections that are open now. */
  readonly connections: Readonly<Record<DoubleHost, number>>;
  /** Makes every token that was issued invalid. */
  revokeTokens(): void;
  /** Stops serving and cuts open connections. */
  close(): Promise<void>;
}

/**
 * Starts a double of the Falcon cloud on 127.0.0.1: API host, upload host, and the API host of another region. It is
 * strict: tokens and scopes are checked on every call, and a body is held against every member of the published schema.
 */
export async function createFalconCloud(options: FalconCloudDoubleOptions = {}): Promise<FalconCloudDouble> {
  const clientId = options.clientId ?? randomBytes(16).toString('hex');
  const clientSecret = options.clientSecret ?? randomBytes(20).toString('hex');
  const double = new CloudDouble({ ...options, clientId, clientSecret });
  await double.open();
  const maxBody = options.maxBody ?? 256 * 1024 * 1024;
  const start = (name: DoubleHost) => startHost((request) => double.react(name, request), maxBody);
  const api = await start('api');
  const upload = await start('upload');
  const other = await start('other-region');
  double.home = api.url;
  const close = async () => {
    await Promise.all([api.close(), upload.close(), other.close()]);
  };
  return {
    apiUrl: api.url,
    uploadUrl: upload.url,
    otherRegionApiUrl: other.url,
    clientId,
    clientSecret,
    region: double.region,
    inventories: double.store.kept,
    requests: double.requests,
    rejections: double.rejections,
    faults: double.faults,
    scopes: double.scopes,
    get connections() {
      return countConnections(api, upload, other);
    },
    revokeTokens: () => double.tokens.revokeAll(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function countConnections(api: HostServer, upload: HostServer, other: HostServer): Record<DoubleHost, number> {
  return { api: api.connections, upload: upload.connections, 'other-region': other.connections };
}
