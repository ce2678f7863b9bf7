import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { Containers } from '../gen/containerd/containers_pb.ts';
import { Content } from '../gen/containerd/content_pb.ts';
import { Events, TaskEventSchema } from '../gen/containerd/events_pb.ts';
import { Images } from '../gen/containerd/images_pb.ts';
import { Snapshots } from '../gen/containerd/snapshots_pb.ts';
import { Tasks } from '../gen/containerd/tasks_pb.ts';
import { Version } from '../gen/containerd/version_pb.ts';
import { ImageService, RuntimeService } from '../gen/cri/runtime_pb.ts';
import { sha256 } from './export-archive.test-support.ts';

/** A container of the fake; `status` is containerd's, 2 is running. */
export interface FakeTask {
  readonly image: string;
  readonly labels: Record<string, string>;
  /** What the container's own snapshot stands on; it has none when absent. */
  readonly base?: string;
  status: number;
}

/** An imitation of containerd and its CRI on one socket, in the namespace `k8s.io`. */
export interface FakeContainerd extends AsyncDisposable {
  readonly socketPath: string;
  /** Content by digest. */
  readonly blobs: Map<string, Buffer>;
  /** Digest of the manifest or index by the image's name. */
  readonly images: Map<string, string>;
  readonly tasks: Map<string, FakeTask>;
  /** Labels of content by digest. */
  readonly labels: Map<string, Record<string, string>>;
  /** Stores content and gives its digest. */
  put(content: Buffer | string): string;
  /** Sends an event of a task to all who listen. */
  emit(id: string): void;
  /** Number of calls that stream content now. */
  reading(): number;
  /** Number of clients that listen to events. */
  listening(): number;
}

export async function startFakeContainerd(): Promise<FakeContainerd> {
  const directory = await mkdtemp(join(tmpdir(), 'iar-fake-'));
  const socketPath = join(directory, 'containerd.sock');
  const state = new FakeState();
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer(connectNodeAdapter({ routes: (router) => addRoutes(router, state) }));
  server.on('session', (session) => sessions.add(session));
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    ...{ socketPath, blobs: state.blobs, images: state.images, tasks: state.tasks, labels: state.labels },
    put(content) {
      const digest = sha256(content);
      state.blobs.set(digest, Buffer.from(content));
      return digest;
    },
    emit(id) {
      for (const listener of state.listeners) listener(id);
    },
    reading: () => state.reading,
    listening: () => state.listeners.size,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

class FakeState {
  readonly blobs = new Map<string, Buffer>();
  readonly images = new Map<string, string>();
  readonly tasks = new Map<string, FakeTask>();
  readonly labels = new Map<string, Record<string, string>>();
  readonly listeners = new Set<(id: string) => void>();
  reading = 0;

  /** What is asked for in another namespace, or is not there, is not found. */
  find<T>(map: ReadonlyMap<string, T>, key: string, { requestHeader }: HandlerContext): T {
    const found = requestHeader.get('containerd-namespace') === 'k8s.io' ? map.get(key) : undefined;
    if (found === undefined) throw new ConnectError(`${key}: not found`, Code.NotFound);
    return found;
  }
}

function addRoutes(router: ConnectRouter, state: FakeState): void {
  router.service(Version, { version: () => ({ version: 'v1.6.20' }) });
  router.service(Containers, {
    get({ id }, context) {
      const { image, labels, base } = state.find(state.tasks, id, context);
      const snapshotKey = base === undefined ? '' : id;
      return { container: { id, image, labels, snapshotter: 'overlayfs', snapshotKey } };
    },
  });
  router.service(Snapshots, {
    stat: ({ key }, context) => ({ info: { name: key, parent: state.find(state.tasks, key, context).base ?? '' } }),
  });
  router.service(Tasks, {
    list: () => ({ tasks: [...state.tasks].map(([id, { status }]) => ({ id, status })) }),
    get: ({ containerId }, context) => ({
      process: { id: containerId, status: state.find(state.tasks, containerId, context).status },
    }),
  });
  router.service(Images, {
    get: ({ name }, context) => ({ image: { name, target: { digest: state.find(state.images, name, context) } } }),
    list: ({ filters }) => ({
      images: [...state.images]
        .filter(([, digest]) => filters.includes(`target.digest==${digest}`))
        .map(([name, digest]) => ({ name, target: { digest } })),
    }),
  });
  addContent(router, state);
  addEvents(router, state);
  addCri(router, state);
}

function addContent(router: ConnectRouter, state: FakeState): void {
  router.service(Content, {
    info: ({ digest }, context) => ({
      info: { digest, size: BigInt(state.find(state.blobs, digest, context).length) },
    }),
    async *list({ filters: [filter = ''] }) {
      const [, label = '', value] = /^labels\."([^"]+)"=="([^"]+)"$/.exec(filter) ?? [];
      for (const [digest, labels] of state.labels) if (labels[label] === value) yield { info: [{ digest }] };
    },
    async *read({ digest }, context) {
      const blob = state.find(state.blobs, digest, context);
      state.reading += 1;
      try {
        for (let at = 0; at < blob.length; at += 32_768) yield { data: blob.subarray(at, at + 32_768) };
      } finally {
        state.reading -= 1;
      }
    },
  });
}

function addEvents(router: ConnectRouter, state: FakeState): void {
  router.service(Events, {
    async *subscribe(_, { signal }) {
      const waiting: string[] = [];
      let wake = (): void => undefined;
      const listener = (id: string): void => {
        waiting.push(id);
        wake();
      };
      state.listeners.add(listener);
      signal.addEventListener('abort', () => wake());
      try {
        while (!signal.aborted) {
          for (const containerId of waiting.splice(0)) {
            const value = toBinary(TaskEventSchema, create(TaskEventSchema, { containerId }));
            yield {
              topic: '/tasks/start',
              event: create(AnySchema, { typeUrl: 'containerd.events.TaskStart', value }),
            };
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        state.listeners.delete(listener);
      }
    },
  });
}

function addCri(router: ConnectRouter, state: FakeState): void {
  router.service(RuntimeService, {
    version: () => ({ runtimeName: 'cri-o', runtimeVersion: '1.36.0', runtimeApiVersion: 'v1' }),
    listContainers: () => ({
      containers: [...state.tasks]
        .filter(([, { status }]) => status === 2)
        .map(([id, { image, labels }]) => ({
          id,
          image: { image },
          imageRef: image,
          metadata: { name: `name-${id}` },
          labels,
        })),
    }),
  });
  router.service(ImageService, {
    imageStatus({ image }) {
      const digest = state.images.get(image?.image ?? '');
      if (digest === undefined) return {};
      return { image: { id: digest.replace('sha256:', ''), repoDigests: [`team/app@${digest}`] } };
    },
  });
}
