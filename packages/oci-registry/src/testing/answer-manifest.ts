import { digestOf, isDigest } from '../reference/digest.ts';
import { isTag } from '../reference/parse-reference.ts';
import { namesTag, notModified } from './answer-blob.ts';
import { type ApiRequest, emptyReply, problem, requestHeader } from './api-request.ts';
import { algorithmOf, type RegistryContent } from './registry-content.ts';
import type { Reply } from './reply.ts';

/** Largest manifest taken: the least that distribution-spec lets a registry take. */
const maxManifestBytes = 4 * 1024 * 1024;

/** `GET` and `HEAD /v2/<name>/manifests/<reference>` */
export function answerManifest(content: RegistryContent, name: string, reference: string, request: ApiRequest): Reply {
  const found = content.find(name, 'manifest', reference);
  if (found === undefined) return problem(404, 'MANIFEST_UNKNOWN', 'not known to registry');
  if (requestHeader(request, 'accept') === undefined) return problem(406, 'UNSUPPORTED', 'no Accept header');
  const { bytes, mediaType, digest } = found;
  const etag = `"${digest}"`;
  if (namesTag(requestHeader(request, 'if-none-match'), etag)) return notModified(digest, etag);
  const length = String(bytes.length);
  const headers = { 'content-type': mediaType, 'content-length': length, 'docker-content-digest': digest, etag };
  return { status: 200, headers, body: bytes };
}

interface Referred {
  readonly mediaType?: unknown;
  readonly config?: Part | null;
  readonly layers?: unknown;
  readonly manifests?: unknown;
  readonly subject?: Part | null;
}

interface Part {
  readonly digest?: unknown;
  readonly urls?: unknown;
}

function parsed(body: Uint8Array): Referred | undefined {
  try {
    const document: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    const isObject = typeof document === 'object' && document !== null && !Array.isArray(document);
    return isObject ? (document as Referred) : undefined;
  } catch {
    return undefined;
  }
}

function digestsOf(parts: unknown): string[] {
  const own = (Array.isArray(parts) ? (parts as readonly (Part | null)[]) : []).filter((part) => {
    // What is kept elsewhere need not be here.
    const urls = part?.urls;
    return !Array.isArray(urls) || urls.length === 0;
  });
  return own.map((part) => String(part?.digest));
}

/** Why a manifest is not taken; `undefined` where it is. */
function refusalOf(content: RegistryContent, name: string, reference: string, request: ApiRequest): Reply | undefined {
  if (!isDigest(reference) && !isTag(reference)) return problem(400, 'TAG_INVALID', 'neither a tag nor a digest');
  if (!request.complete) return problem(400, 'MANIFEST_INVALID', 'the body is cut');
  if (request.body.length > maxManifestBytes)
    return problem(413, 'SIZE_INVALID', `more than ${maxManifestBytes} bytes`);
  const document = parsed(request.body);
  if (document === undefined) return problem(400, 'MANIFEST_INVALID', 'not a JSON object');
  const mediaType = requestHeader(request, 'content-type') ?? '';
  if (mediaType === '' || (document.mediaType ?? mediaType) !== mediaType) {
    return problem(400, 'MANIFEST_INVALID', 'the Content-Type is not the media type');
  }
  if (isDigest(reference) && digestOf(request.body, algorithmOf(reference)) !== reference) {
    return problem(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  const isMissing = (kind: 'blob' | 'manifest') => (digest: string) => content.find(name, kind, digest) === undefined;
  const blobs = [...digestsOf(document.config == null ? [] : [document.config]), ...digestsOf(document.layers)];
  if (blobs.some(isMissing('blob')) || digestsOf(document.manifests).some(isMissing('manifest'))) {
    return problem(400, 'MANIFEST_BLOB_UNKNOWN', 'a part of it is not known to registry');
  }
  return undefined;
}

/** `PUT /v2/<name>/manifests/<reference>`: only where everything that it refers to, but for its subject, is there. */
export function storeManifest(content: RegistryContent, name: string, reference: string, request: ApiRequest): Reply {
  const refusal = refusalOf(content, name, reference, request);
  if (refusal !== undefined) return refusal;
  const mediaType = requestHeader(request, 'content-type') ?? '';
  const tag = isDigest(reference) ? undefined : reference;
  const algorithm = isDigest(reference) ? algorithmOf(reference) : 'sha256';
  const digest = content.putManifest(name, tag, { mediaType, bytes: request.body }, algorithm);
  const subject = parsed(request.body)?.subject?.digest;
  return emptyReply(201, {
    location: `/v2/${name}/manifests/${digest}`,
    'docker-content-digest': digest,
    ...(typeof subject === 'string' && { 'oci-subject': subject }),
  });
}
