import { z } from 'zod';
import type { FalconErrorCode } from '../../falcon-error.ts';
import { answerError, type Exchange } from '../../http/exchange.ts';
import { quoteApiErrors, readApiErrors } from '../../wire/msa.ts';

/** What the envelope of a successful answer holds. */
export interface Envelope {
  /** `resources`, or `Resources` as the export jobs spell it. `null` is none, a lone object is one. */
  readonly resources: readonly unknown[];
  /** `meta.pagination.total`: entries of the whole list at the time of the answer. */
  readonly total?: number;
  /** `meta.pagination.after`: where the next page begins, for lists that are walked by token. */
  readonly after?: string;
}

const envelopeSchema = z.looseObject({
  meta: z
    .object({
      pagination: z
        .object({ total: z.number().nonnegative().optional().catch(undefined), after: z.string().optional().catch('') })
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
  errors: z.array(z.unknown()).nullish(),
});

/**
 * Opens the envelope of a successful answer (`core.EntitiesResponse` and its many sisters).
 *
 * @throws FalconError `RESPONSE_INVALID` where the document is no envelope. Where the envelope holds errors in spite of
 *   its status: `NOT_FOUND`, `RATE_LIMITED`, `UNAVAILABLE` or `REQUEST_REJECTED`, by the first one's code; nothing is
 *   given of an answer that is only a part.
 *
 * @param secrets - Texts that are not quoted, beside the token.
 */
export function readEnvelope(document: unknown, answer: Exchange, secrets: readonly string[] = []): Envelope {
  const parsed = envelopeSchema.safeParse(document);
  if (!parsed.success || !('meta' in parsed.data || 'errors' in parsed.data || 'resources' in parsed.data)) {
    throw answerError('RESPONSE_INVALID', answer, 'the answer is no envelope');
  }
  const { data } = parsed;
  if (data.errors && data.errors.length > 0) {
    const hidden = [...secrets, (answer.request.headers.authorization ?? '').replace(/^Bearer /, '')];
    throw answerError(codeOfErrors(answer), answer, `the answer holds errors${quoteApiErrors(answer.body, hidden)}`);
  }
  const resources = data.resources ?? data.Resources ?? [];
  const { total, after } = data.meta?.pagination ?? {};
  return {
    resources: Array.isArray(resources) ? resources : [resources],
    ...(total === undefined ? {} : { total }),
    ...(after === undefined || after === '' ? {} : { after }),
  };
}

/**
 * Holds each resource against its model.
 *
 * @throws FalconError `RESPONSE_INVALID` with the path of the first member that is not what the model says; no value of
 *   the answer is quoted.
 */
export function readResources<T>(schema: z.ZodType<T>, resources: readonly unknown[], answer: Exchange): readonly T[] {
  return resources.map((resource, index) => {
    const parsed = schema.safeParse(resource);
    if (parsed.success) {
      return parsed.data;
    }
    const [issue] = parsed.error.issues;
    const path = [`resources[${index}]`, ...(issue?.path ?? [])].join('.');
    throw answerError('RESPONSE_INVALID', answer, `${path}: ${issue?.message ?? 'not what the model says'}`);
  });
}

/**
 * The only resource of an answer.
 *
 * @throws FalconError `RESPONSE_INVALID` where there is none, or more than one.
 */
export function readOnly<T>(schema: z.ZodType<T>, resources: readonly unknown[], answer: Exchange): T {
  const [first, ...others] = readResources(schema, resources, answer);
  if (first === undefined || others.length > 0) {
    throw answerError('RESPONSE_INVALID', answer, `the answer holds ${resources.length} resources instead of one`);
  }
  return first;
}

function codeOfErrors(answer: Exchange): FalconErrorCode {
  const code = Number(readApiErrors(answer.body)[0]?.code);
  if (code === 404) {
    return 'NOT_FOUND';
  }
  if (code === 429) {
    return 'RATE_LIMITED';
  }
  return code >= 500 ? 'UNAVAILABLE' : 'REQUEST_REJECTED';
}
