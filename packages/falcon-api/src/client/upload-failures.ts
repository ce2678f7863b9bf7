import { FalconError, type FalconErrorCode, type FalconErrorDetails } from '../falcon-error.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { UploadHost } from './upload-hosts.ts';

/** Path of the inventory endpoint on both hosts. */
export const inventoryPath = '/image-assessment/entities/image-inventory/v1';

/**
 * The errors that say more of the host than of the call. A fresh token that is refused is one, for it is not public
 * whether both hosts take the same tokens.
 */
const hostFailures: ReadonlySet<FalconErrorCode> = new Set([
  ...(['NETWORK', 'TIMEOUT', 'UNAVAILABLE', 'NOT_FOUND', 'UNAUTHENTICATED'] as const),
]);

/** Answers to a compressed body after which it is sent as it is. */
const encodingRefusals: ReadonlySet<number> = new Set([400, 415, 422]);

/** Whether an error says that this host, and not the token endpoint or the call, is the trouble. */
export function isFailureOf(host: UploadHost, error: unknown): error is FalconError {
  return error instanceof FalconError && hostFailures.has(error.code) && error.url === `${host.url()}${inventoryPath}`;
}

/** Whether a host that failed so is not worth asking soon again. */
export function isGone({ code }: FalconError): boolean {
  return code === 'NOT_FOUND' || code === 'UNAUTHENTICATED';
}

/** The error of a call that neither host took: of the second one's kind, with both stories. */
export function bothFailed(call: string, first: FalconError, second: FalconError): FalconError {
  return new FalconError(second.code, `${call}: neither host took it: ${first.message}; ${second.message}`, {
    ...detailsOf(second),
    cause: new AggregateError([first, second], 'both hosts failed'),
  });
}

/** What an error tells beside its message, to be told by another. */
export function detailsOf({ hint, retryAfter, url, status, traceId, scope }: FalconError): FalconErrorDetails {
  return omitUndefined({ hint, retryAfter, url, status, traceId, scope });
}

/** Whether the same body may be taken when it is not compressed. */
export function isEncodingDoubtful(error: unknown, isUnproven: boolean): error is FalconError {
  if (!(error instanceof FalconError)) {
    return false;
  }
  // A parser that fails answers 500, and what stands before a host may cut the connection.
  const isPassing = error.code === 'UNAVAILABLE' || error.code === 'NETWORK';
  return encodingRefusals.has(error.status ?? 0) || (isUnproven && isPassing);
}
