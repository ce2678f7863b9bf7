import type { z } from 'zod';
import type { RouteCall } from '../double-route.ts';
import { type DoubleAnswer, refuseEntities } from '../envelope.ts';

/** The JSON body of a call, held against a schema, or the refusal of it. */
export function readBody<T>(
  { request, traceId }: RouteCall,
  schema: z.ZodType<T>,
): { readonly value: T } | DoubleAnswer {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    return refuseEntities(
      400,
      'invalid request',
      traceId,
      `content-type is ${type ?? 'missing'}, not application/json`,
    );
  }
  const parsed = schema.safeParse(parseJson(request.body));
  if (parsed.success) {
    return { value: parsed.data };
  }
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  return refuseEntities(400, 'invalid request', traceId, problems.slice(0, 100).join('; '));
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // No schema accepts it.
    return undefined;
  }
}
