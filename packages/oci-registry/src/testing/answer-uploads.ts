import { randomUUID } from 'node:crypto';
import { digestOf, isDigest } from '../reference/digest.ts';
import { type ApiRequest, emptyReply, problem, requestHeader } from './api-request.ts';
import { algorithmOf, type RegistryContent } from './registry-content.ts';
import type { Reply } from './reply.ts';

interface Upload {
  readonly repository: string;
  /** Stands in the query of the Location, which a client must keep. */
  readonly state: string;
  bytes: Buffer;
}

/** The uploads under way (distribution-spec "Pushing blobs"): whole, in one stream, or in chunks. */
export class Uploads {
  readonly #content: RegistryContent;
  readonly #chunkMinLength: number | undefined;
  readonly #uploads = new Map<string, Upload>();

  /** @param chunkMinLength told as `OCI-Chunk-Min-Length`, and insisted on */
  constructor(content: RegistryContent, chunkMinLength: number | undefined) {
    this.#content = content;
    this.#chunkMinLength = chunkMinLength;
  }

  /** How many have neither been finished nor given up. */
  get pending(): number {
    return this.#uploads.size;
  }

  /** `POST /v2/<name>/blobs/uploads/`: mounts, takes a whole blob, or begins an upload. */
  begin(name: string, request: ApiRequest): Reply {
    const { searchParams } = request.url;
    const [mount, from, digest] = ['mount', 'from', 'digest'].map((key) => searchParams.get(key));
    if (isDigest(mount) && from && request.canPull(from) && this.#content.mountBlob(name, mount, from)) {
      return emptyReply(201, { location: `/v2/${name}/blobs/${mount}`, 'docker-content-digest': mount });
    }
    const upload = { repository: name, state: randomUUID(), bytes: Buffer.alloc(0) };
    if (digest) return this.#store(name, upload, digest, request);
    const id = randomUUID();
    this.#uploads.set(id, upload);
    return this.#told(202, id, upload);
  }

  /** Everything at `/v2/<name>/blobs/uploads/<id>`. */
  answer(name: string, id: string, request: ApiRequest): Reply {
    const upload = this.#uploads.get(id);
    if (upload?.repository !== name) return problem(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
    if (request.url.searchParams.get('_state') !== upload.state) {
      return problem(400, 'BLOB_UPLOAD_INVALID', 'the query of the Location is missing');
    }
    switch (request.method) {
      case 'GET':
        return this.#told(204, id, upload);
      case 'PATCH':
        return this.#append(id, upload, request, this.#chunkMinLength ?? 0) ?? this.#told(202, id, upload);
      case 'PUT':
        return this.#finish(id, upload, request);
      case 'DELETE':
        this.#uploads.delete(id);
        return emptyReply(204);
      default:
        return problem(405, 'UNSUPPORTED', 'no such method');
    }
  }

  /** Takes a chunk; an answer only where it is refused. */
  #append(id: string, upload: Upload, request: ApiRequest, minLength: number): Reply | undefined {
    const range = requestHeader(request, 'content-range');
    if (range !== undefined) {
      const [, first = '', last = ''] = /^(\d+)-(\d+)$/.exec(range) ?? [];
      if (Number(first) !== upload.bytes.length || first === '') return this.#told(416, id, upload);
      const length = Number(last) - Number(first) + 1;
      if (request.complete && length !== request.body.length) {
        return problem(400, 'SIZE_INVALID', 'the Content-Range is not that of the body');
      }
      if (length < minLength) return problem(400, 'SIZE_INVALID', `chunks have at least ${minLength} bytes`);
    }
    upload.bytes = Buffer.concat([upload.bytes, request.body]);
    return undefined;
  }

  #finish(id: string, upload: Upload, request: ApiRequest): Reply {
    const digest = request.url.searchParams.get('digest');
    if (!isDigest(digest)) return problem(400, 'DIGEST_INVALID', 'the digest is missing or malformed');
    // The last chunk may be as small as it is.
    const refusal = request.body.length > 0 ? this.#append(id, upload, request, 0) : undefined;
    if (refusal !== undefined) return refusal;
    if (!request.complete) return emptyReply(400);
    const reply = this.#store(upload.repository, upload, digest, undefined);
    if (reply.status === 201) this.#uploads.delete(id);
    return reply;
  }

  #store(name: string, upload: Upload, digest: string, whole: ApiRequest | undefined): Reply {
    const bytes = whole === undefined ? upload.bytes : Buffer.from(whole.body);
    if (!isDigest(digest) || digestOf(bytes, algorithmOf(digest)) !== digest) {
      return problem(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
    }
    this.#content.putBlob(name, bytes, algorithmOf(digest));
    return emptyReply(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });
  }

  #told(status: number, id: string, { repository, state, bytes }: Upload): Reply {
    return emptyReply(status, {
      location: `/v2/${repository}/blobs/uploads/${id}?_state=${state}`,
      range: `0-${Math.max(0, bytes.length - 1)}`,
      'docker-upload-uuid': id,
      ...(this.#chunkMinLength !== undefined && { 'oci-chunk-min-length': String(this.#chunkMinLength) }),
    });
  }
}
