import { z } from 'zod';
import { answerError } from '../http/exchange.ts';
import type { ApiSession } from './api-session.ts';

/** A customer id with its checksum. */
const ccidForm: RegExp = /^[0-9a-fA-F]{32}-[0-9a-fA-F]{2}$/;

const answerSchema = z.object({ resources: z.tuple([z.string().regex(ccidForm)]) });

/** `GET /sensors/queries/installers/ccid/v1`: the customer id with checksum. */
export async function fetchCcid(
  session: ApiSession,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = '/sensors/queries/installers/ccid/v1';
  const call = { method: 'GET', path, scope: 'sensor-installers:read', timeout } as const;
  const { document, answer } = await session.getJson(call, signal);
  const parsed = answerSchema.safeParse(document);
  if (!parsed.success) {
    throw answerError('RESPONSE_INVALID', answer, 'the answer does not hold exactly one customer id with checksum');
  }
  return parsed.data.resources[0];
}
