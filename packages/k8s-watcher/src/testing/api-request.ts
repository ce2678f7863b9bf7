import { type ServedResource, servedResources } from './stored-object.ts';

/** A request as RBAC sees it. It is what the fake API server records, without credentials. */
export interface ApiRequest {
  readonly verb: 'get' | 'list' | 'watch';
  readonly resource: ServedResource;
  readonly namespace?: string;
  /** Only with `get`. */
  readonly name?: string;
  readonly query: Readonly<Record<string, string>>;
}

/** @returns `undefined` for a path that is not served. */
export function parseApiRequest(url: URL): ApiRequest | undefined {
  const [, api, version, ...rest] = url.pathname.split('/').map(decodeURIComponent);
  if (api !== 'api' || version !== 'v1') return undefined;
  const namespace = rest[0] === 'namespaces' && rest.length > 2 ? rest[1] : undefined;
  const [resource = '', name, ...more] = namespace === undefined ? rest : rest.slice(2);
  const served = Object.hasOwn(servedResources, resource) ? (resource as ServedResource) : undefined;
  if (served === undefined || more.length > 0 || name === '') return undefined;
  const { namespaced } = servedResources[served];
  const isReachable =
    name === undefined ? namespaced || namespace === undefined : namespaced === (namespace !== undefined);
  if (!isReachable) return undefined;
  const query = Object.fromEntries(url.searchParams);
  const verb = name !== undefined ? 'get' : query.watch === 'true' || query.watch === '1' ? 'watch' : 'list';
  return {
    verb,
    resource: served,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    query,
  };
}
