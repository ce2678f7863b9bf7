import { z } from 'zod';
import { RegistryError } from '../../error.ts';
import { jsonOf } from '../json-of.ts';
import type { AwsCredentials } from './aws-credentials.ts';

const key = z.string().regex(/^[\x21-\x7e]{1,16384}$/);

/** What the services of a machine or container answer: EC2, ECS, EKS Pod Identity. */
const schema = z.looseObject({
  AccessKeyId: key,
  SecretAccessKey: key,
  Token: key,
  Expiration: z.string(),
  RoleArn: z.string().nullish().catch(undefined),
});

/** A point in time of AWS (RFC 3339) in ms since the epoch; `undefined` where it is none. */
export function parseTime(text: string): number | undefined {
  const time = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,20}(?:Z|[+-][0-9:]{4,6})$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** An ARN that is fit for a message. */
export function parseArn(text: string | null | undefined): string | undefined {
  return text && /^arn:aws[a-z-]{0,16}:[\w+=,.@:/-]{1,512}$/.test(text) ? text : undefined;
}

/** The error for an answer that cannot be understood, with nothing of it. */
export function invalid(what: string, why: string): RegistryError {
  return new RegistryError('RESPONSE_INVALID', `${what}: the answer is not understood: ${why}`, {
    hint: 'check that the address is that of AWS or of the agent that stands for it, and not of something in between',
  });
}

/**
 * The credentials in the answer of a machine's or container's service.
 *
 * @param what the request, for messages
 * @param identity whose they are, where the document does not tell
 * @throws RegistryError `RESPONSE_INVALID`
 */
export function parseCredentialsDocument(body: string, what: string, identity?: string): AwsCredentials {
  const parsed = schema.safeParse(jsonOf(body));
  if (!parsed.success)
    throw invalid(what, `${parsed.error.issues[0]?.path.map(String).join('.') || 'it'} is missing or malformed`);
  const { AccessKeyId, SecretAccessKey, Token, Expiration, RoleArn } = parsed.data;
  const expiresAt = parseTime(Expiration);
  if (expiresAt === undefined) throw invalid(what, 'Expiration is not a time');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
    expiresAt,
    identity: parseArn(RoleArn) ?? identity,
  };
}
