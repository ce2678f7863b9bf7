import { z } from 'zod';
import { omitUndefined } from '../omit-undefined.ts';

/**
 * One error of an envelope: `msa.APIError`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/msa_api_error.go
 */
export interface ApiErrorEntry {
  /** A number from the API, a word such as `UNAUTHORIZED` from the upload host. */
  readonly code?: number | string;
  readonly id?: string;
  readonly message?: string;
}

const entrySchema = z.object({
  code: z.union([z.number(), z.string()]).optional().catch(undefined),
  id: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/** Services written in Go send `null` for an empty array, and a broken entry must not hide the others. */
const envelopeSchema = z.object({ errors: z.array(z.unknown()) });

const metaSchema = z.object({ meta: z.object({ trace_id: z.string() }) });

/**
 * The errors of an answer: those of an envelope (`msa.ReplyMetaOnly`, `core.EntitiesResponse`, the upload host's own
 * form), or the one that stands alone. Empty where the body is something else.
 */
export function readApiErrors(body: Buffer): readonly ApiErrorEntry[] {
  const document = readJson(body);
  const envelope = envelopeSchema.safeParse(document);
  if (envelope.success) {
    return envelope.data.errors.flatMap(readEntry);
  }
  return readEntry(document).filter(({ message }) => message !== undefined);
}

/** `meta.trace_id` of an envelope, for answers that lost their headers on the way. */
export function readMetaTraceId(body: Buffer): string | undefined {
  return metaSchema.safeParse(readJson(body)).data?.meta.trace_id;
}

function readEntry(value: unknown): readonly ApiErrorEntry[] {
  const entry = entrySchema.safeParse(value);
  return entry.success ? [omitUndefined(entry.data)] : [];
}

/** The JSON value of a body; `undefined` where it is none. */
export function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Names what the cloud said, in one short line without control characters: ` (403: access denied)`, or nothing. */
export function quoteApiErrors(body: Buffer, secrets: readonly string[]): string {
  const texts = readApiErrors(body)
    .slice(0, 3)
    .map(({ code, message }) => [code, message].filter((part) => part !== undefined).join(': '))
    .filter((text) => text !== '');
  let text = texts.join('; ').replace(/\p{C}+/gu, ' ');
  for (const secret of secrets) {
    text = secret === '' ? text : text.replaceAll(secret, '[redacted]');
  }
  return text === '' ? '' : ` (${text.slice(0, 300)})`;
}
