import { z } from 'zod';
import type { RegistryError } from '../../error.ts';
import type { CloudAnswer } from '../ask-patiently.ts';
import { jsonOf } from '../json-of.ts';
import { harmlessText, refused } from '../refusal.ts';

/** What the place that asked knows. */
export interface GoogleRefusalContext {
  /** Whose identity it is, for the message. */
  readonly identity: string;
  /** What was sent and must not come back in a message. */
  readonly secrets: readonly string[];
  /** What a person can do about it. */
  readonly hint: string;
}

/** RFC 6749 §5.2, and the errors of Google's APIs. */
const errorSchema = z.looseObject({
  error: z.union([z.string(), z.looseObject({ status: z.string().nullish(), message: z.string().nullish() })]),
  error_description: z.string().nullish().catch(undefined),
});

/** More than this between two clocks is what a signed assertion is refused for, ms. */
const toleratedSkew = 5 * 60_000;

interface Words {
  readonly code: string | null | undefined;
  readonly text: string;
}

function wordsOf(body: string): Words {
  // Proxies answer in HTML, GKE's metadata server in a sentence of its own: the status says it as well.
  const { error, error_description: description } = errorSchema.safeParse(jsonOf(body)).data ?? {};
  if (error === undefined) return { code: undefined, text: '' };
  const [code, message] = typeof error === 'string' ? [error, description] : [error.status, error.message];
  return { code, text: [code, message].filter(Boolean).join(', ') };
}

/** How far this machine's clock is from that of the service; nothing where that is no reason to be refused. */
function skewHint({ headers, asked }: CloudAnswer): string | undefined {
  const skew = asked - Date.parse(headers.date ?? '');
  if (Number.isNaN(skew) || Math.abs(skew) <= toleratedSkew) return undefined;
  const minutes = Math.round(Math.abs(skew) / 60_000);
  return `the clock of this machine is ${minutes} minutes ${skew > 0 ? 'ahead' : 'behind'}; set it right`;
}

/** The error for an answer that gives no token. */
export function refusal(answer: CloudAnswer, context: GoogleRefusalContext): RegistryError {
  const { code, text } = wordsOf(answer.body);
  const said = text === '' ? '' : `, ${harmlessText(text, context.secrets)}`;
  const hint = (code === 'invalid_grant' ? skewHint(answer) : undefined) ?? context.hint;
  return refused(answer, `${context.identity}, ${answer.what}: HTTP ${answer.status}${said}`, { hint });
}
