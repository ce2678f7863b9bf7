import type { FalconCloudName } from '../../cloud/falcon-clouds.ts';
import { startHost } from '../host-server.ts';
import { buildSampleImage, type SampleImage } from './build-image.ts';
import { RegistryDesk } from './registry-desk.ts';
import { answerRegistry } from './registry-routes.ts';
import { Repositories } from './repositories.ts';
import { vendorImages } from './vendor-images.ts';

/** How to set up the double of the vendor's image registry. */
export interface ImageRegistryOptions {
  /** Customer id, with or without checksum: its users are `fc-`, `fs-` and `fh-` and it, without checksum. */
  readonly ccid: string;
  /** Password of its users, as the calls for registry credentials hand it out. */
  readonly password: string;
  /** The cloud whose images it begins with. Default `us-1`. */
  readonly cloud?: FalconCloudName;
  /** Tags on one page at most. Default 4, so that a client that reads one page alone is found out. */
  readonly pageSize?: number;
  /** Seconds a token lives. Default 300. */
  readonly tokenLifetime?: number;
  /** Address and port. Default: a free port of 127.0.0.1. */
  readonly listen?: { readonly address?: string; readonly port?: number };
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** A call the registry has answered. It holds no login and no token. */
export interface RegistryCall {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Why it was refused. */
  readonly reason?: string;
}

/** A double of the vendor's image registry: the distribution API, read only, behind a token service of its own. */
export interface ImageRegistryDouble extends AsyncDisposable {
  /** `HOST:PORT`, as references name it. */
  readonly host: string;
  /** Origin. */
  readonly url: string;
  /** Paths of its repositories. */
  readonly repositories: readonly string[];
  /** The newest 1000 calls, oldest first. */
  readonly calls: readonly RegistryCall[];
  /** Stores a small image that is made for the purpose. @returns its digest */
  put(repository: string, tag: string, image: SampleImage): string;
  /** Digest that a tag names; `undefined` where there is none. */
  digestOf(repository: string, tag: string): string | undefined;
  /** Stops serving and cuts open connections. */
  close(): Promise<void>;
}

const keptCalls = 1000;

/**
 * Starts a double of the vendor's image registry, with a small stand-in for every image that `sensorImageTypes` names. It
 * is strict: the token service wants the login, `account`, `service` and `scope`, and a token opens what it was given for.
 *
 * @throws what `node:net` throws where it cannot listen there
 */
export async function createImageRegistry(options: ImageRegistryOptions): Promise<ImageRegistryDouble> {
  const { ccid, password, cloud = 'us-1', pageSize = 4, tokenLifetime = 300, listen = {}, now = Date.now } = options;
  const repositories = new Repositories();
  for (const { repository, tag, image } of vendorImages(cloud)) {
    repositories.put(repository, tag, image);
  }
  const desk = new RegistryDesk({ ccid, password, tokenLifetime, now });
  const calls: RegistryCall[] = [];
  const server = await startHost(
    async (request) => {
      const answer = answerRegistry(request, { repositories, desk, pageSize, host: request.headers.host ?? '' });
      const { status, reason } = answer;
      calls.push({ method: request.method, path: request.path, status, ...(reason === undefined ? {} : { reason }) });
      calls.splice(0, calls.length - keptCalls);
      return answer;
    },
    1024,
    listen,
  );
  return {
    host: new URL(server.url).host,
    url: server.url,
    get repositories() {
      return repositories.names;
    },
    calls,
    put(repository, tag, description) {
      const image = buildSampleImage(description);
      repositories.put(repository, tag, image);
      return image.root.digest;
    },
    digestOf: (repository, tag) => repositories.manifest(repository, tag)?.digest,
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
