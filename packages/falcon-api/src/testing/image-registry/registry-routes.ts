import type { DoubleAnswer } from '../envelope.ts';
import type { HostRequest } from '../host-server.ts';
import type { StoredContent } from './image-content.ts';
import { type RegistryDesk, registryRefusal } from './registry-desk.ts';
import type { Repositories } from './repositories.ts';

/** What the registry of the double works on. */
export interface RegistryParts {
  readonly repositories: Repositories;
  readonly desk: RegistryDesk;
  /** Tags on one page at most, however many are asked for. */
  readonly pageSize: number;
  /** `HOST:PORT`, once it listens. */
  readonly host: string;
}

const repositoryCall = /^\/v2\/(?<name>.+)\/(?<kind>tags|manifests|blobs)\/(?<reference>[^/]+)$/;

/** Answers a call of the distribution API that reads; writing is refused. */
export function answerRegistry(request: HostRequest, parts: RegistryParts): DoubleAnswer {
  const { method, path } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    return registryRefusal(405, 'UNSUPPORTED', 'the registry is read only');
  }
  if (path === '/v2/token') {
    return parts.desk.issue(request, parts.host);
  }
  const { name, kind, reference = '' } = repositoryCall.exec(path)?.groups ?? {};
  if (name === undefined && path !== '/v2/') {
    return registryRefusal(404, 'UNSUPPORTED', 'no such call');
  }
  const refusal = parts.desk.refusal(request, name);
  if (refusal !== undefined) {
    return challenge(parts.host, name, refusal);
  }
  if (name === undefined) {
    return { status: 200, json: {} };
  }
  if (kind === 'tags') {
    return listTags(request, name, parts);
  }
  const found = parts.repositories[kind === 'manifests' ? 'manifest' : 'blob'](name, reference);
  if (found === undefined) {
    return registryRefusal(404, kind === 'manifests' ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN', 'no such content');
  }
  return content(found, kind === 'manifests' ? found.mediaType : 'application/octet-stream');
}

function challenge(host: string, name: string | undefined, reason: string): DoubleAnswer {
  const scope = name === undefined ? '' : `,scope="repository:${name}:pull"`;
  const answer = registryRefusal(401, 'UNAUTHORIZED', reason);
  const bearer = `Bearer realm="http://${host}/v2/token",service="${host}"${scope}`;
  return { ...answer, headers: { 'www-authenticate': bearer } };
}

/** One page, with a link to the next one (distribution-spec "Listing tags"). */
function listTags({ query }: HostRequest, name: string, { repositories, pageSize }: RegistryParts): DoubleAnswer {
  const tags = repositories.tags(name);
  if (tags === undefined) {
    return registryRefusal(404, 'NAME_UNKNOWN', 'no such repository');
  }
  const parameters = new URLSearchParams(query);
  const last = parameters.get('last');
  const asked = Number(parameters.get('n') ?? pageSize);
  if (!Number.isInteger(asked) || asked < 1) {
    return registryRefusal(400, 'PAGINATION_NUMBER_INVALID', 'n is no positive number');
  }
  const size = Math.min(asked, pageSize);
  const rest = last === null ? tags : tags.filter((tag) => tag > last);
  const page = rest.slice(0, size);
  const next = new URLSearchParams({ n: String(size), last: page.at(-1) ?? '' });
  const more = rest.length > size ? { link: `</v2/${name}/tags/list?${next}>; rel="next"` } : {};
  return { status: 200, headers: more, json: { name, tags: page } };
}

function content({ digest, bytes }: StoredContent, type: string): DoubleAnswer {
  return { status: 200, headers: { 'docker-content-digest': digest }, content: { type, bytes } };
}
