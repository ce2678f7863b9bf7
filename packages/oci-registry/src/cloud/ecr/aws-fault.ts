import { z } from 'zod';
import { isRetryableStatus } from '../../transport/retry.ts';
import type { CloudResponse } from '../cloud-http.ts';
import { jsonOf } from '../json-of.ts';
import { harmlessText } from '../refusal.ts';
import { descend, parseXml } from './xml.ts';

/** What AWS says went wrong. */
export interface AwsFault {
  readonly status: number;
  /** AWS's name for it, without namespace: `AccessDeniedException`. Empty where there is none. */
  readonly code: string;
  /** In its own words, which may quote parts of the request. */
  readonly message: string;
}

/** Codes that say to come back later, whatever the status. */
const throttlingCodes = new Set([
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/** Other codes with status 400 that are gone at the next attempt: STS could not reach the identity provider in time. */
const transientCodes = new Set(['IDPCommunicationError', 'RequestTimeout', 'RequestTimeoutException']);

/** Whether the same request may succeed a little later. */
export function isTransient(fault: AwsFault): boolean {
  return isRetryableStatus(fault.status) || throttlingCodes.has(fault.code) || transientCodes.has(fault.code);
}

/** `com.amazonaws.ecr#AccessDeniedException` and `AccessDeniedException:http://…` are `AccessDeniedException`. */
function bareCode(said: string | undefined): string {
  const [, code = ''] = /^(?:[^#]{0,256}#)?([A-Za-z0-9._]{1,128})(?::|$)/.exec(said ?? '') ?? [];
  return code;
}

const text = z.string().optional().catch(undefined);
const jsonDocument = z.looseObject({ __type: text, code: text, Code: text, message: text, Message: text }).catch({});

/**
 * The fault of a JSON service (AWS JSON 1.1), or of a credentials endpoint. A load balancer answers in HTML: then the
 * status alone is what is known.
 */
export function jsonFault(response: CloudResponse): AwsFault {
  const { __type, code, Code, message, Message } = jsonDocument.parse(jsonOf(response.body));
  return {
    status: response.status,
    code: bareCode(response.headers['x-amzn-errortype'] ?? __type ?? code ?? Code),
    message: message ?? Message ?? '',
  };
}

/** The fault of a service with the query protocol, which answers in XML. */
export function xmlFault(response: CloudResponse): AwsFault {
  const root = parseXml(response.body);
  const error = root?.name === 'ErrorResponse' ? descend(root, 'Error') : undefined;
  return {
    status: response.status,
    code: bareCode(descend(error, 'Code')?.text.trim()),
    message: descend(error, 'Message')?.text ?? '',
  };
}

/**
 * A fault in words for a message: status, code, and what AWS says with everything in it that must not be shown.
 *
 * @param secrets what the request held
 */
export function printFault(fault: AwsFault, secrets: readonly (string | undefined)[]): string {
  // What is said of signatures quotes the request with its session token.
  const quotes = /signature/i.test(fault.code) || /canonical|string-to-sign/i.test(fault.message);
  const said = quotes ? '' : harmlessText(fault.message, secrets);
  const parts = [`HTTP ${fault.status}`, fault.code, said];
  return parts.filter((part) => part !== '').join(', ');
}
