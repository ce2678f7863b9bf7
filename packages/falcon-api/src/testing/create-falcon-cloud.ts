import { randomBytes } from 'node:crypto';
import { findCloud } from '../cloud/resolve-cloud.ts';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import { CloudDouble } from './cloud-double.ts';
import type { FalconCloudFaults } from './cloud-faults.ts';
import { startControlHost } from './control-host.ts';
import type { FalconCloudDoubleOptions } from './falcon-cloud-options.ts';
import { type HostServer, startHost } from './host-server.ts';
import { createImageRegistry, type ImageRegistryDouble } from './image-registry/create-image-registry.ts';
import type { DoubleHost, RecordedRequest, Rejection } from './records.ts';
import type { StoredInventories } from './stored-inventories.ts';

/** A Falcon cloud on this machine. */
export interface FalconCloudDouble extends AsyncDisposable {
  /** Origin of the API host. */
  readonly apiUrl: string;
  /** Origin of the upload host. */
  readonly uploadUrl: string;
  /** Origin of an API host that answers every token request with a 308 to `apiUrl`. */
  readonly otherRegionApiUrl: string;
  /** Origin of the control host, which is no part of the cloud; with the option `control` only. */
  readonly controlUrl?: string;
  /** With the option `imageRegistry` only. */
  readonly registry?: ImageRegistryDouble;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly region: string;
  /** Customer id with checksum. */
  readonly ccid: string;
  /** Accepted uploads as they came, repeats included, oldest first; `null` arrays have become empty ones. */
  readonly inventories: readonly InventoryScanRequest[];
  /** What is in the store: one for each image digest and agent, with the number of repeats. Not after `close`. */
  readonly stored: StoredInventories;
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
  /** Stops serving, cuts open connections and releases the store. */
  close(): Promise<void>;
}

/**
 * Starts a double of the Falcon cloud: API host, upload host, and the API host of another region, on 127.0.0.1 unless
 * told otherwise. It is strict: tokens and scopes are checked on every call, and a body is held against every member of
 * the published schema.
 *
 * @throws FalconError `OPTIONS_INVALID` where the store cannot be used; what `node:net` throws where it cannot listen.
 */
export async function createFalconCloud(options: FalconCloudDoubleOptions = {}): Promise<FalconCloudDouble> {
  const clientId = options.clientId ?? randomBytes(16).toString('hex');
  const clientSecret = options.clientSecret ?? randomBytes(20).toString('hex');
  const double = new CloudDouble({ ...options, clientId, clientSecret });
  const hosts = await startHosts(double, options).catch((error: unknown) => {
    double.close();
    throw error;
  });
  const { api, upload, other, control, registry } = hosts;
  const close = async () => {
    double.close();
    await closeAll([api, upload, other, control, registry]);
  };
  return {
    apiUrl: api.url,
    uploadUrl: upload.url,
    otherRegionApiUrl: other.url,
    ...(control === undefined ? {} : { controlUrl: control.url }),
    ...(registry === undefined ? {} : { registry }),
    clientId,
    clientSecret,
    region: double.region,
    ccid: double.ccid,
    inventories: double.uploads.kept,
    stored: double.store,
    requests: double.book.requests,
    rejections: double.book.rejections,
    faults: double.faults,
    scopes: double.scopes,
    get connections() {
      return { api: api.connections, upload: upload.connections, 'other-region': other.connections };
    },
    revokeTokens: () => double.tokens.revokeAll(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Hosts {
  readonly api: HostServer;
  readonly upload: HostServer;
  readonly other: HostServer;
  readonly control: HostServer | undefined;
  readonly registry: ImageRegistryDouble | undefined;
}

/** Starts all hosts, or none. */
async function startHosts(double: CloudDouble, options: FalconCloudDoubleOptions): Promise<Hosts> {
  const { address = '127.0.0.1', port = 0 } = options.listen ?? {};
  const at = (offset: number) => ({ address, port: port === 0 ? 0 : port + offset });
  const started: Closable[] = [];
  const start = async <Host extends Closable>(starting: Promise<Host>): Promise<Host> => {
    const host = await starting;
    started.push(host);
    return host;
  };
  const startCloudHost = (name: DoubleHost, offset: number) =>
    start(startHost((request) => double.react(name, request), double.maxBody, at(offset)));
  try {
    const api = await startCloudHost('api', 0);
    double.homePort = api.port;
    const upload = await startCloudHost('upload', 1);
    const other = await startCloudHost('other-region', 2);
    const control = options.control ? await start(startControlHost(double, at(3).port)) : undefined;
    const registry = options.imageRegistry ? await start(startRegistry(double, options, at(4))) : undefined;
    return { api, upload, other, control, registry };
  } catch (error) {
    await closeAll(started);
    throw error;
  }
}

function startRegistry(
  double: CloudDouble,
  { now }: FalconCloudDoubleOptions,
  listen: { readonly address: string; readonly port: number },
): Promise<ImageRegistryDouble> {
  const { ccid, registryPassword: password } = double;
  const cloud = findCloud(double.region)?.name ?? 'us-1';
  return createImageRegistry({ ccid, password, cloud, listen, ...(now === undefined ? {} : { now }) });
}

interface Closable {
  close(): Promise<void>;
}

async function closeAll(hosts: readonly (Closable | undefined)[]): Promise<void> {
  await Promise.all(hosts.map((host) => host?.close()));
}
