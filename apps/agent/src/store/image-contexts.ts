import { createHash } from 'node:crypto';
import type { WorkloadContext } from '../workload/workload-context.ts';
import type { Connection } from './connection.ts';

/** Contexts of one image that are kept. */
const maxContexts = 1000;
/** Of so many more only a hash is kept, so that each is counted once. What comes after is not counted. */
const maxOmitted = 9000;
/** How old the note of when an image was seen may be, ms: it is not written for every container. */
const seenPrecision = 24 * 3600_000;

/** An image of the ledger. */
export interface ImageRow {
  readonly id: number;
  readonly seen: number;
  readonly revision: number;
  readonly omitted: number;
}

/** What became of a context: `known` before, `kept`, or `omitted` because the image has enough of them. */
type ContextOutcome = 'known' | 'kept' | 'omitted';

/** The image under an identity. */
export function findImage(connection: Connection, identity: string): ImageRow | undefined {
  return connection.get<ImageRow>('SELECT id, seen, revision, omitted FROM image WHERE identity = ?', identity);
}

/** The image under an identity, new if need be. Within a transaction. */
export function obtainImage(connection: Connection, identity: string, now: number): ImageRow {
  const known = findImage(connection, identity);
  if (known === undefined) {
    connection.run('INSERT INTO image (identity, seen, revision, omitted) VALUES (?, ?, 0, 0)', identity, now);
    return findImage(connection, identity)!;
  }
  if (now - known.seen > seenPrecision) connection.run('UPDATE image SET seen = ? WHERE id = ?', now, known.id);
  return known;
}

/** Notes where an image was seen. Within a transaction. */
export function addImageContext(connection: Connection, image: ImageRow, context: WorkloadContext): ContextOutcome {
  const content = canonicalJson(context);
  const hash = createHash('sha256').update(content).digest().subarray(0, 16);
  if (connection.get('SELECT 1 FROM context WHERE image = ? AND hash = ?', image.id, hash)) return 'known';
  const isKept = image.revision < maxContexts;
  if (!isKept && image.omitted >= maxOmitted) return 'known';
  const kept = isKept ? content : null;
  connection.run('INSERT INTO context (image, hash, content) VALUES (?, ?, ?)', image.id, hash, kept);
  const counter = isKept ? 'revision' : 'omitted';
  connection.run(`UPDATE image SET ${counter} = ${counter} + 1 WHERE id = ?`, image.id);
  return isKept ? 'kept' : 'omitted';
}

/** The contexts of an image that are kept, first seen first. */
export function readImageContexts(connection: Connection, image: number): WorkloadContext[] {
  const rows = connection.all<{ content: string }>(
    'SELECT content FROM context WHERE image = ? AND content IS NOT NULL ORDER BY id',
    image,
  );
  return rows.map(({ content }) => JSON.parse(content) as WorkloadContext);
}

/** Equal contexts give equal text, however they were made. */
function canonicalJson(value: object): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
