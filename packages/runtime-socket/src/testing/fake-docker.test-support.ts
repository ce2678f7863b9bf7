import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExportStyle, type SampleImage, writeExport } from './export-archive.test-support.ts';

/** A container of the fake. */
export interface FakeContainer {
  readonly id: string;
  running: boolean;
  readonly image: string;
}

/** How the fake answers. */
export interface FakeDockerOptions {
  readonly kind?: 'docker' | 'podman';
  readonly image?: SampleImage;
  readonly style?: ExportStyle;
  readonly version?: Readonly<Record<string, unknown>>;
  /** Changes an inspected image. */
  readonly inspected?: Readonly<Record<string, unknown>>;
  /** Changes the bytes of an export. */
  readonly damage?: (archive: Buffer) => Buffer;
  /** Answers instead of the fake, by path without version: status and body. */
  readonly answers?: Readonly<Record<string, readonly [status: number, body: string]>>;
}

/** A strict imitation of Docker's API: what it does not know, and a path without version, it refuses. */
export interface FakeDocker extends AsyncDisposable {
  readonly socketPath: string;
  readonly containers: Map<string, FakeContainer>;
  /** `path?query` of all requests. */
  readonly requests: string[];
  /** Number of connections that are open. */
  connections(): number;
  /** Number of clients that listen to events. */
  listening(): number;
  /** Sends an event of a container to all who listen. */
  emit(id: string, action: string): void;
  /** Breaks all connections and takes none, until `listen`. */
  halt(): Promise<void>;
  listen(): Promise<void>;
}

export async function startFakeDocker(options: FakeDockerOptions = {}): Promise<FakeDocker> {
  const directory = await mkdtemp(join(tmpdir(), 'iar-fake-'));
  const socketPath = join(directory, 'docker.sock');
  const [containers, requests] = [new Map<string, FakeContainer>(), [] as string[]];
  const [listeners, sockets] = [new Set<ServerResponse>(), new Set<Socket>()];
  const archive = options.image && (await writeExport(options.image, options.style ?? 'docker-20'));
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(request, response, { ...options, archive, containers, listeners });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = async (): Promise<void> => {
    server.listen(socketPath);
    await once(server, 'listening');
  };
  const halt = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen();
  return {
    ...{ socketPath, containers, requests, listen, halt },
    connections: () => sockets.size,
    listening: () => listeners.size,
    emit(id, action) {
      for (const listener of listeners) listener.write(`${JSON.stringify({ Action: action, Actor: { ID: id } })}\n`);
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await halt();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface FakeState extends FakeDockerOptions {
  readonly archive: Buffer | undefined;
  readonly containers: ReadonlyMap<string, FakeContainer>;
  readonly listeners: Set<ServerResponse>;
}

function answer(request: IncomingMessage, response: ServerResponse, state: FakeState): void {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const plain = path.replace(/^\/v1\.[0-9]+/, '');
  const isVersioned = plain !== path || path === '/_ping' || path === '/version';
  const fixed = state.answers?.[plain];
  if (request.method !== 'GET' || !isVersioned) refuse(response, 400, 'not asked like that');
  else if (fixed) response.writeHead(fixed[0]).end(fixed[1]);
  else if (plain === '/_ping') response.end('OK');
  else if (plain === '/version') json(response, { ...versionOf(state), ...state.version });
  else if (plain === '/events') {
    state.listeners.add(response);
    response.on('close', () => state.listeners.delete(response));
    response.flushHeaders();
  } else answerObject(response, plain, state);
}

function answerObject(response: ServerResponse, path: string, state: FakeState): void {
  const [, kind, name = '', action] =
    /^\/(containers|images|libpod\/images)\/(.+?)(?:\/(json|history|get))?$/.exec(path) ?? [];
  if (kind === 'containers') answerContainer(response, name, state);
  else if (kind && state.image) answerImage(response, `${kind}/${action}`, decodeURIComponent(name), state);
  else refuse(response, 404, 'page not found');
}

function versionOf({ kind = 'docker' }: FakeState): Record<string, unknown> {
  const component = kind === 'podman' ? 'Podman Engine' : 'Engine';
  return { Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12', Components: [{ Name: component }] };
}

function answerContainer(response: ServerResponse, name: string, { containers }: FakeState): void {
  const running = [...containers.values()].filter((container) => container.running);
  const container = containers.get(name);
  if (name === 'json') {
    json(
      response,
      running.map(({ id }) => ({ Id: id })),
    );
  } else if (container) {
    json(response, {
      Id: container.id,
      Name: `/name-${container.id.slice(0, 4)}`,
      Image: container.image,
      State: { Running: container.running },
      Config: { Image: 'team/app:1', Labels: { a: 'b' } },
    });
  } else refuse(response, 404, `No such container: ${name}`);
}

function answerImage(response: ServerResponse, what: string, name: string, state: FakeState): void {
  const { configDigest, diffIds, layers } = state.image as SampleImage;
  const id = what.startsWith('libpod') ? configDigest.replace('sha256:', '') : configDigest;
  const documents: Readonly<Record<string, unknown>> = {
    'images/json': {
      ...{ Id: configDigest, Os: 'linux', Architecture: 'amd64', Created: '2026-01-01T00:00:00Z', Author: 'me' },
      ...{ Config: { Env: ['A=b'], Labels: null }, RootFS: { Type: 'layers', Layers: diffIds } },
      ...state.inspected,
    },
    'images/history': layers.map(({ length }, index) => ({ Created: 60 - index, CreatedBy: 'ADD', Size: length })),
    'libpod/images/json': { Digest: `sha256:${'d'.repeat(64)}`, History: [{ created_by: 'podman' }] },
  };
  if (![id, 'team/app:1'].includes(name)) refuse(response, 404, `No such image: ${name}`);
  else if (what === 'images/get') response.end(state.damage?.(state.archive as Buffer) ?? state.archive);
  else if (documents[what]) json(response, documents[what]);
  else refuse(response, 404, 'page not found');
}

function json(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
}
