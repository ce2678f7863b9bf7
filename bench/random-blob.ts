import { createCipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { request } from 'undici';

/** A blob in a registry. */
export interface PushedBlob {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

const pieceBytes = 4 * 1024 * 1024;

/**
 * Pushes bytes that cannot be compressed, the same ones for the same size.
 *
 * @param repository base URL with the repository, `http://127.0.0.1:5000/v2/bench/blob`
 */
export async function pushRandomBlob(repository: string, size: number): Promise<PushedBlob> {
  const begun = await request(`${repository}/blobs/uploads/`, { method: 'POST' });
  await begun.body.dump();
  const hash = createHash('sha256');
  const sent = await request(location(begun.headers, repository), {
    method: 'PATCH',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
    body: Readable.from(
      pieces(size, (piece) => hash.update(piece)),
      { objectMode: false },
    ),
  });
  await sent.body.dump();
  const digest = `sha256:${hash.digest('hex')}`;
  const end = location(sent.headers, repository);
  end.searchParams.set('digest', digest);
  const { statusCode, body } = await request(end, { method: 'PUT' });
  if (statusCode !== 201) throw new Error(`push ${size} bytes: HTTP ${statusCode} ${await body.text()}`);
  await body.dump();
  return { digest, size };
}

function location(headers: Readonly<Record<string, string | string[] | undefined>>, base: string): URL {
  return new URL(String(headers.location), base);
}

function* pieces(size: number, tap: (piece: Buffer) => void): Generator<Buffer> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const zeros = Buffer.alloc(pieceBytes);
  for (let left = size; left > 0; left -= pieceBytes) {
    const piece = cipher.update(zeros.subarray(0, Math.min(left, pieceBytes)));
    tap(piece);
    yield piece;
  }
}
