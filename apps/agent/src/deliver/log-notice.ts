import type { FalconNotice } from '@falcon-iar/falcon-api';
import type { Logger } from '../observe/logger.ts';

/** Writes what the Falcon cloud lets an operator know, none of which stops a delivery. */
export function logNotice(notice: FalconNotice, logger: Logger): void {
  switch (notice.kind) {
    case 'deprecation': {
      const { method, url, headers, traceId } = notice;
      logger.warn('the cloud will drop a call that this version makes', { method, url, headers, traceId });
      return;
    }
    case 'cool-down': {
      const { url, wait, traceId } = notice;
      logger.warn('the cloud refuses calls for their rate; they rest', { url, milliseconds: wait, traceId });
      return;
    }
    case 'slowed':
      logger.debug('the calls of this minute are nearly spent', { call: notice.call, milliseconds: notice.wait });
      return;
    case 'revoke-failed':
      logger.warn('the token could not be taken back; it is good until it expires', { err: notice.error });
  }
}
