import { answerBlob, type RangeSupport } from './answer-blob.ts';
import { answerCatalog, answerReferrers, answerTags } from './answer-lists.ts';
import { answerManifest, storeManifest } from './answer-manifest.ts';
import { Uploads } from './answer-uploads.ts';
import { type ApiRequest, emptyReply, jsonReply, problem } from './api-request.ts';
import type { RegistryContent } from './registry-content.ts';
import type { Reply } from './reply.ts';

/** What of the API a test registry offers, and how. */
export interface RegistryApiOptions {
  /** Refuse everything that changes something. Default false. */
  readonly readOnly?: boolean | undefined;
  /** Whether range requests are answered. Default `honoured`. */
  readonly ranges?: RangeSupport | undefined;
  /** Offer the referrers API. Default true; without it, clients find referrers by tag. */
  readonly referrers?: boolean | undefined;
  /** Largest `n` of a list, above which it is refused with 405, as by ECR; also what is sent where none is asked for. */
  readonly maxPageSize?: number | undefined;
  /**
   * How tags and repositories are sorted: by their bytes, as most registries do, or by their letters whatever their
   * case, as distribution-spec has it. Default `bytes`.
   */
  readonly listOrder?: 'bytes' | 'letters' | undefined;
  /** Smallest chunk of an upload, told as `OCI-Chunk-Min-Length`. */
  readonly chunkMinLength?: number | undefined;
  /** Sent with every answer as `Warning: 299 - "…"` (distribution-spec "Warnings"). */
  readonly warnings?: readonly string[] | undefined;
}

/** Which part of the API a path is of. */
export interface Route {
  /** Repository, empty for what is of none. */
  readonly name: string;
  /** `base` is `/v2/` itself. */
  readonly kind: 'manifests' | 'blobs' | 'uploads' | 'tags' | 'referrers' | 'catalog' | 'base';
  /** Tag, digest or id of an upload. */
  readonly reference: string;
}

const component = '[a-z0-9]+(?:(?:[.]|_|__|-+)[a-z0-9]+)*';
const repository = `(?<name>${component}(?:/${component})*)`;
const paths: readonly (readonly [Route['kind'], RegExp])[] = [
  ['base', /^\/v2\/?$/],
  ['catalog', /^\/v2\/_catalog$/],
  ['tags', new RegExp(`^/v2/${repository}/tags/list$`)],
  ['uploads', new RegExp(`^/v2/${repository}/blobs/uploads/(?<reference>[a-f0-9-]*)$`)],
  ['referrers', new RegExp(`^/v2/${repository}/referrers/(?<reference>[a-z0-9:]+)$`)],
  ['blobs', new RegExp(`^/v2/${repository}/blobs/(?<reference>[A-Za-z0-9_.:-]+)$`)],
  ['manifests', new RegExp(`^/v2/${repository}/manifests/(?<reference>[A-Za-z0-9_.:-]+)$`)],
];

/** The route of a path; `undefined` where it is none of the API's. */
export function routeOf(path: string): Route | undefined {
  for (const [kind, pattern] of paths) {
    const groups = pattern.exec(path);
    if (groups !== null) return { kind, name: groups.groups?.name ?? '', reference: groups.groups?.reference ?? '' };
  }
  return undefined;
}

/** The scope that a request takes (distribution "Token Scope Documentation"); empty where any credential does. */
export function scopeOf({ kind, name }: Route, method: string): string {
  if (kind === 'base') return '';
  if (kind === 'catalog') return 'registry:catalog:*';
  const actions = method === 'GET' || method === 'HEAD' ? 'pull' : method === 'DELETE' ? 'delete' : 'pull,push';
  // To give an upload up is part of pushing.
  return `repository:${name}:${kind === 'uploads' ? 'pull,push' : actions}`;
}

/** Answers as distribution-spec 1.1 has it. Knows nothing of sockets, faults and credentials. */
export class RegistryApi {
  readonly uploads: Uploads;
  readonly #content: RegistryContent;
  readonly #options: RegistryApiOptions;

  constructor(content: RegistryContent, options: RegistryApiOptions) {
    this.#content = content;
    this.#options = options;
    this.uploads = new Uploads(content, options.chunkMinLength);
  }

  /** The answer to a request that may pass. */
  answer(route: Route, request: ApiRequest): Reply {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead && this.#options.readOnly === true) {
      return problem(405, 'UNSUPPORTED', 'this registry can only be read');
    }
    if (route.kind === 'uploads') return this.#upload(route, request);
    return isRead ? this.#read(route, request) : this.#write(route, request);
  }

  #upload({ name, reference }: Route, request: ApiRequest): Reply {
    if (reference !== '') return this.uploads.answer(name, reference, request);
    return request.method === 'POST' ? this.uploads.begin(name, request) : problem(405, 'UNSUPPORTED', 'only POST');
  }

  #read(route: Route, request: ApiRequest): Reply {
    const { name, kind, reference } = route;
    const { ranges = 'honoured', referrers = true } = this.#options;
    if (kind === 'base') return jsonReply({}, { 'docker-distribution-api-version': 'registry/2.0' });
    if (kind === 'catalog') return answerCatalog(this.#content, request, this.#options);
    if (kind === 'referrers') {
      if (!referrers) return problem(404, 'NOT_FOUND', 'no such page');
      return answerReferrers(this.#content, name, reference, request, this.#options);
    }
    if (!this.#content.has(name)) return problem(404, 'NAME_UNKNOWN', 'repository name not known to registry');
    if (kind === 'tags') return answerTags(this.#content, name, request, this.#options);
    if (kind === 'blobs') return answerBlob(this.#content, name, reference, request, ranges);
    return answerManifest(this.#content, name, reference, request);
  }

  #write({ name, kind, reference }: Route, request: ApiRequest): Reply {
    if (kind === 'manifests' && request.method === 'PUT') {
      return storeManifest(this.#content, name, reference, request);
    }
    if (request.method !== 'DELETE') return problem(405, 'UNSUPPORTED', 'no such method');
    if (kind === 'manifests') return gone(this.#content.deleteManifest(name, reference), 'MANIFEST_UNKNOWN');
    if (kind === 'blobs') return gone(this.#content.deleteBlob(name, reference), 'BLOB_UNKNOWN');
    return problem(405, 'UNSUPPORTED', 'no such method');
  }
}

function gone(wasThere: boolean, code: string): Reply {
  return wasThere ? emptyReply(202) : problem(404, code, 'not known to registry');
}
