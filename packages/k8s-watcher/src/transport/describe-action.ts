import type { RequestQuery } from './cluster-transport.ts';

/** Verb and resource of a GET as RBAC names them, such as `list pods` or `get secrets in namespace shop`. */
export function describeAction(path: string, query: RequestQuery): string {
  const parts = path.split('/').filter((part) => part !== '');
  // /api/v1/… for the core group, /apis/GROUP/VERSION/… for all others.
  const rest = parts.slice(parts[0] === 'apis' ? 3 : 2);
  const isNamespaced = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = path, name] = isNamespaced ? rest.slice(2) : rest;
  const verb = name !== undefined ? 'get' : query.watch === true ? 'watch' : 'list';
  return `${verb} ${resource}${isNamespaced ? ` in namespace ${decodeURIComponent(rest[1]!)}` : ''}`;
}
