import { z } from 'zod';
import { RegistryError } from '../../error.ts';
import type { CloudAnswer } from '../ask-patiently.ts';
import { jsonOf } from '../json-of.ts';
import { harmlessText, type RefusalContext, refused } from '../refusal.ts';

/** What a token may be made of: it is sent in forms and headers. */
export const tokenField: z.ZodString = z.string().regex(/^[\x21-\x7e]{1,65536}$/);

// The metadata service writes numbers as strings.
const seconds = z.coerce.number().positive().finite();
const answerSchema = z.looseObject({
  access_token: tokenField,
  expires_in: seconds.optional().catch(undefined),
  expires_on: seconds.optional().catch(undefined),
});

/** Error document of RFC 6749 §5.2, and what a registry sends instead. */
const errorSchema = z.looseObject({
  error: z.string().optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
  errors: z
    .array(z.looseObject({ message: z.string().optional().catch(undefined) }))
    .optional()
    .catch(undefined),
});

/** An access token as it comes from Entra ID or the metadata service. */
export interface TokenAnswer {
  readonly token: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

/** What is known about a refusal beside its answer. */
export interface AzureRefusalContext extends RefusalContext {
  /** What was sent and must not come back in a message. */
  readonly secrets: readonly string[];
  /** Who asked what. Default method and redacted URL. */
  readonly what?: string | undefined;
}

/** What a person can do about errors of Entra ID that come of how an identity is set up. */
const hints: Readonly<Record<string, string>> = {
  AADSTS50034: 'check the tenant id',
  AADSTS90002: 'check the tenant id, and that it is a tenant of this cloud',
  AADSTS500011: 'the registry service is not known in this tenant; set audience to the resource manager of the cloud',
  AADSTS700016: 'check the client id, and that the application is in this tenant',
  AADSTS700024: 'the federated token is not valid at this time; check that it is renewed, and the clock',
  AADSTS70021: 'the federated credential of the application is for another issuer or service account',
  AADSTS700211: 'the federated credential of the application is for another issuer',
  AADSTS700212: 'the federated credential of the application is for another audience',
  AADSTS700213: 'the federated credential of the application is for another service account',
  AADSTS7000215: 'the client secret is wrong; give its value, not its id',
  AADSTS7000222: 'the client secret has expired; make a new one',
};

/**
 * Reads an access token; the lesser end counts where an answer has two.
 *
 * @throws RegistryError `RESPONSE_INVALID` for what is none
 */
export function parseTokenAnswer({ body, asked, what }: CloudAnswer): TokenAnswer {
  const { access_token: token, expires_in: life, expires_on: end } = answerSchema.safeParse(jsonOf(body)).data ?? {};
  if (token === undefined || (life === undefined && end === undefined)) {
    throw new RegistryError('RESPONSE_INVALID', `${what}: the answer has no usable token`);
  }
  return { token, expiresAt: Math.min(asked + (life ?? Number.MAX_VALUE) * 1000, (end ?? Number.MAX_VALUE) * 1000) };
}

/** The first line of what a service says about an error, without what was sent to it. */
function wordsOf(document: z.infer<typeof errorSchema>, secrets: readonly string[]): string | undefined {
  const said = document.error_description ?? document.errors?.[0]?.message;
  const [line = ''] = (said ?? '').trim().split(/[\r\n]/, 1);
  return harmlessText(line, secrets) || undefined;
}

/**
 * The error for an answer that is no token: its status, the error code of OAuth2, and the first line of the
 * description, which for Entra ID begins with an AADSTS code.
 */
export function refusal(answer: CloudAnswer, context: AzureRefusalContext): RegistryError {
  const { status } = answer;
  const document = errorSchema.safeParse(jsonOf(answer.body)).data ?? {};
  const code = /^[a-z_]{1,64}$/.test(document.error ?? '') ? document.error : undefined;
  const words = wordsOf(document, context.secrets);
  const [number] = /^AADSTS[0-9]{4,10}/.exec(words ?? '') ?? [];
  const said = [code, words].filter((part) => part !== undefined).join(', ');
  const redirects = status >= 300 && status < 400 ? ', a redirect, which is not followed with credentials' : '';
  const { what = answer.what, retryable } = context;
  const message = `${what}: HTTP ${status}${redirects}${said === '' ? '' : `: ${said}`}`;
  return refused(answer, message, { retryable, hint: (number && hints[number]) ?? context.hint });
}
