import { z } from 'zod';
import { RegistryError } from '../../error.ts';
import { cleanForeignText } from '../../transport/redact.ts';
import { isRetryableStatus } from '../../transport/retry.ts';
import type { Answer } from './ask.ts';

/** What the place that asked knows. */
export interface RefusalContext {
  /** Whose identity it is, for the message. */
  readonly source: string;
  /** What was sent and must not come back in a message. */
  readonly secrets: readonly string[];
  /** What a person can do about it. */
  readonly hint: string;
}

/** RFC 6749 §5.2, and the errors of Google's APIs. */
const errorSchema = z.looseObject({
  error: z
    .union([z.string(), z.looseObject({ status: z.string().nullish(), message: z.string().nullish() })])
    .nullish(),
  error_description: z.string().nullish().catch(undefined),
});

/** More than this between two clocks is what a signed assertion is refused for, ms. */
const toleratedSkew = 5 * 60_000;

interface Words {
  readonly code: string | undefined;
  readonly text: string;
}

function wordsOf(body: string): Words {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    // Proxies answer in HTML, GKE's metadata server in a sentence of its own: the status says it as well.
    return { code: undefined, text: '' };
  }
  const { error, error_description: description } = errorSchema.safeParse(document).data ?? {};
  if (error === undefined || error === null) return { code: undefined, text: '' };
  const code = typeof error === 'string' ? error : (error.status ?? undefined);
  const message = typeof error === 'string' ? description : error.message;
  return { code, text: [code, message].filter(Boolean).join(', ') };
}

/** Takes out what was sent, and all that is as long as a token. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length > 3);
  const cleaned = known.reduce((rest, secret) => rest.replaceAll(secret, '[…]'), text);
  return cleanForeignText(cleaned.replace(/[\w.+=~-]{60,}/g, '[…]'));
}

/** How far this machine's clock is from that of the service; nothing where that is no reason to be refused. */
function skewHint(answer: Answer): string | undefined {
  const date = Date.parse(answer.headers.date ?? '');
  const skew = answer.asked - date;
  if (Number.isNaN(skew) || Math.abs(skew) <= toleratedSkew) return undefined;
  const minutes = Math.round(Math.abs(skew) / 60_000);
  return `the clock of this machine is ${minutes} minutes ${skew > 0 ? 'ahead' : 'behind'}; set it right`;
}

/** The error for an answer that gives no token. */
export function refusal(answer: Answer, context: RefusalContext): RegistryError {
  const { code, text } = wordsOf(answer.body);
  const said = text === '' ? '' : `, ${withoutSecrets(text, context.secrets)}`;
  const message = `${context.source}, ${answer.what}: HTTP ${answer.status}${said}`;
  const retryable = isRetryableStatus(answer.status);
  const busy = 'try again later; the token service has a problem of its own';
  const skew = code === 'invalid_grant' ? skewHint(answer) : undefined;
  return new RegistryError('CREDENTIALS_UNAVAILABLE', message, {
    status: answer.status,
    retryable,
    retryAfter: answer.retryAfter,
    hint: skew ?? (retryable ? busy : context.hint),
  });
}
