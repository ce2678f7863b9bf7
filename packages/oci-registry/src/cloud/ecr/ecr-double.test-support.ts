import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CloudHttp, type CloudRequest, createCloudHttp } from '../cloud-http.ts';
import { rejection } from './verify-signature.test-support.ts';

/** An account's key as AWS knows it. */
export interface KnownKey {
  readonly secret: string;
  readonly sessionToken?: string;
  readonly arn?: string;
}

/** A request as it arrived. */
export interface Arrived {
  readonly service: Service;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Service = 'ecr' | 'ecr-public' | 'sts' | 'container' | 'metadata';

export interface EcrDouble extends AsyncDisposable {
  readonly url: string;
  readonly requests: Arrived[];
  /** What AWS knows. */
  readonly keys: Map<string, KnownKey>;
  /** Its clock, ms since the epoch. */
  now: number;
  /** How long a login lasts, ms. */
  life: number;
  /** Speaks to the double whatever the host, so that signatures are over the real names. */
  readonly http: CloudHttp;
  /** As asked for through `http`. */
  readonly asked: CloudRequest[];
  /** Next replies of a service, before it does its work again. */
  readonly replies: Record<Service, Reply[]>;
  /** Replies of services other than ECR. */
  readonly handlers: Partial<Record<Service, (request: Arrived) => Reply>>;
}

export const errorReply = (status: number, type: string, message = '', headers = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
  body: JSON.stringify({ __type: `com.amazonaws.ecr#${type}`, message }),
});

function serviceOf(host: string): Service {
  if (/^(?:api\.)?ecr-public\./.test(host)) return 'ecr-public';
  if (/^(?:api\.)?ecr(?:-fips)?\./.test(host)) return 'ecr';
  if (host.startsWith('sts.')) return 'sts';
  return /^169\.254\.170\.|^\[fd00:ec2::23\]|^agent\./.test(host) ? 'container' : 'metadata';
}

async function arrived(request: IncomingMessage): Promise<Arrived> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const { method = '', url: path = '', rawHeaders } = request;
  const host = headers.host ?? '';
  return { service: serviceOf(host), method, host, path, headers, rawHeaders, body: Buffer.concat(chunks).toString() };
}

/** `GetAuthorizationToken` of both services: strict about everything that AWS is strict about. */
function authorize(double: EcrDouble, request: Arrived): Reply {
  const targets = {
    ecr: 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
    'ecr-public': 'SpencerFrontendService.GetAuthorizationToken',
  };
  const { service, headers, method, path, body } = request;
  if (method !== 'POST' || path !== '/') return { status: 404 };
  if (headers['content-type'] !== 'application/x-amz-json-1.1')
    return errorReply(400, 'UnknownOperationException', 'type');
  if (headers['x-amz-target'] !== targets[service as 'ecr'])
    return errorReply(400, 'UnknownOperationException', 'target');
  if (body !== '{}') return errorReply(400, 'SerializationException');
  const refused = rejection(request, service, double.keys, double.now);
  if (refused !== undefined) return errorReply(400, refused.type, refused.message);
  const [, id = ''] = /Credential=([^/]+)/.exec(headers.authorization ?? '') ?? [];
  const datum = {
    authorizationToken: Buffer.from(`AWS:login-of-${id}-${double.requests.length}`).toString('base64'),
    expiresAt: (double.now + double.life) / 1000,
    ...(service === 'ecr' && { proxyEndpoint: `https://111122223333.dkr.ecr.${request.host}` }),
  };
  return { status: 200, body: JSON.stringify({ authorizationData: service === 'ecr' ? [datum] : datum }) };
}

function send(response: ServerResponse, reply: Reply, now: number): void {
  response.writeHead(reply.status, { date: new Date(now).toUTCString(), ...reply.headers });
  response.end(reply.body);
}

/** AWS and the services of a machine, on one loopback port. */
export async function createEcrDouble(now: number): Promise<EcrDouble> {
  const server = createServer(async (incoming, response) => {
    const request = await arrived(incoming);
    double.requests.push(request);
    const { service } = request;
    const work = service === 'ecr' || service === 'ecr-public' ? authorize : undefined;
    const reply = double.replies[service].shift() ?? work?.(double, request) ?? double.handlers[service]?.(request);
    send(response, reply ?? { status: 404 }, double.now);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const real = createCloudHttp();
  const double: EcrDouble = {
    url,
    requests: [],
    keys: new Map(),
    now,
    life: 12 * 3_600_000,
    asked: [],
    replies: { ecr: [], 'ecr-public': [], sts: [], container: [], metadata: [] },
    handlers: {},
    http: (request) => {
      double.asked.push(request);
      const headers = { ...request.headers, host: request.url.host };
      return real({ ...request, headers, url: new URL(`${url}${request.url.pathname}${request.url.search}`) });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return double;
}
