import { z } from 'zod';
import { RegistryError } from '../../error.ts';
import type { CloudAnswer } from '../ask-patiently.ts';
import { jsonOf } from '../json-of.ts';
import type { GoogleToken } from './google-token.ts';

/** Longest life of a token, in seconds: 12 hours, which a policy of the organization must allow. */
const maxLifetime = 43_200;

const token = z.string().regex(/^[\x21-\x7e]+$/);
const oauthSchema = z.looseObject({ access_token: token, expires_in: z.coerce.number().positive() });
const iamSchema = z.looseObject({ accessToken: token, expireTime: z.iso.datetime({ offset: true }) });

function documentOf<Schema extends z.ZodType>(answer: CloudAnswer, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(jsonOf(answer.body));
  if (parsed.success) return parsed.data;
  // No cause: it would quote what may be most of a token.
  throw new RegistryError('RESPONSE_INVALID', `${answer.what}: the answer has no usable token`, {
    hint: 'check that nothing stands between this machine and Google that answers in its place',
  });
}

/**
 * The token of an OAuth2 answer (RFC 6749 §5.1).
 *
 * @throws RegistryError `RESPONSE_INVALID`
 */
export function oauthToken(answer: CloudAnswer, identity: string): GoogleToken {
  const { access_token, expires_in } = documentOf(answer, oauthSchema);
  return { token: access_token, expiresAt: answer.asked + Math.min(expires_in, maxLifetime) * 1000, identity };
}

/**
 * The token of an answer to `generateAccessToken` of IAM.
 *
 * @throws RegistryError `RESPONSE_INVALID`
 */
export function iamToken(answer: CloudAnswer, identity: string): GoogleToken {
  const { accessToken, expireTime } = documentOf(answer, iamSchema);
  return {
    token: accessToken,
    expiresAt: Math.min(Date.parse(expireTime), answer.asked + maxLifetime * 1000),
    identity,
  };
}
