import { neededText } from '../call/model.ts';
import {
  type CallOptions,
  checkIds,
  type ReadCall,
  type ReadDesk,
  requestEnvelope,
  writeScope,
} from '../call/read-desk.ts';
import { readOnly, readResources } from '../call/read-resources.ts';
import type { ListBounds, ListOptions } from '../paging/list-options.ts';
import { walkList } from '../paging/list-pages.ts';
import {
  type NewRegistryConnection,
  type RegistryConnection,
  type RegistryConnectionChange,
  registryConnectionSchema,
} from './registry-connection.ts';

/** Registries that the cloud scans by itself. Scopes `falcon-container-image:read` and `:write`. */
export interface RegistriesEndpoint {
  /** Ids of all: `GET /container-security/queries/registries/v1`, up to 5000 at once. */
  ids(options?: Omit<ListOptions, 'filter'>): AsyncIterable<string>;
  /** All of them: their ids, and those looked up, up to 100 at once. */
  list(options?: Omit<ListOptions, 'filter'>): AsyncIterable<RegistryConnection>;
  /** Those with up to 100 ids: `GET /container-security/entities/registries/v1`. */
  get(ids: readonly string[], options?: CallOptions): Promise<readonly RegistryConnection[]>;
  /**
   * Connects a registry: `POST` of the same. Its credential is quoted in no error. A broken connection leaves open
   * whether it was done; it is not done twice.
   *
   * @throws FalconError `REQUEST_REJECTED` with `status` 409 where it is connected already.
   */
  create(registry: NewRegistryConnection, options?: CallOptions): Promise<RegistryConnection>;
  /** Changes one: `PATCH` of the same. */
  update(id: string, change: RegistryConnectionChange, options?: CallOptions): Promise<RegistryConnection>;
  /** Disconnects up to 100: `DELETE` of the same. */
  delete(ids: readonly string[], options?: CallOptions): Promise<void>;
}

const path = '/container-security/entities/registries/v1';
const notFound = 'the cloud knows no registry with this id';

/** No bound on the offset is published; this one is ours, so that a walk ends. */
const idBounds: ListBounds = { maxPage: 5000, window: 1_000_000 };

/** Ids that are looked up at once. */
const batch = 100;

/** The registries over a session. */
export function createRegistriesEndpoint(desk: ReadDesk): RegistriesEndpoint {
  const ids: RegistriesEndpoint['ids'] = (options = {}) =>
    walkList(
      desk,
      { path: '/container-security/queries/registries/v1', schema: neededText, bounds: idBounds },
      options,
    );
  const get: RegistriesEndpoint['get'] = async (wanted, { signal } = {}) => {
    const call = { path, query: { ids: checkIds(wanted, batch) }, notFound };
    const { envelope, answer } = await requestEnvelope(desk, call, signal);
    return readResources(registryConnectionSchema, envelope.resources, answer);
  };
  const writeOne = async (call: Omit<ReadCall, 'path'>, { signal }: CallOptions): Promise<RegistryConnection> => {
    const { envelope, answer } = await requestEnvelope(desk, { path, scope: writeScope, notFound, ...call }, signal);
    return readOnly(registryConnectionSchema, envelope.resources, answer);
  };
  return {
    ids,
    get,
    list: (options = {}) => lookUp(ids({ pageSize: batch, ...options }), get, options),
    create: (body, options = {}) =>
      writeOne({ method: 'POST', body, repeat: 'unprocessed', secrets: textsOf(body.credential.details) }, options),
    update: async (id, body, options = {}) => {
      const query = { id: checkIds([id], 1) };
      return writeOne({ method: 'PATCH', query, body, secrets: textsOf(body.credential?.details) }, options);
    },
    async delete(unwanted, { signal } = {}) {
      const query = { ids: checkIds(unwanted, batch) };
      await requestEnvelope(desk, { method: 'DELETE', path, scope: writeScope, query, notFound }, signal);
    },
  };
}

async function* lookUp(
  ids: AsyncIterable<string>,
  get: RegistriesEndpoint['get'],
  { signal }: CallOptions,
): AsyncGenerator<RegistryConnection, void, undefined> {
  let waiting: string[] = [];
  for await (const id of ids) {
    waiting.push(id);
    if (waiting.length === batch) {
      yield* await get(waiting, { signal });
      waiting = [];
    }
  }
  if (waiting.length > 0) {
    yield* await get(waiting, { signal });
  }
}

/** Every text inside a value, keys aside: any of them may be a secret. Short ones could not be told from other words. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    return value.length < 4 ? [] : [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
