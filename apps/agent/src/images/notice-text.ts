import type { FalconNotice } from '@falcon-iar/falcon-api';

/** What somebody who waits for a verb should know of the cloud; `undefined` for what makes no difference to them. */
export function noticeText(notice: FalconNotice): string | undefined {
  switch (notice.kind) {
    case 'cool-down':
      return `too many calls: the cloud wants ${Math.ceil(notice.wait / 1000)} s of patience`;
    case 'deprecation':
      return `the cloud is going to end ${notice.method} ${notice.url}`;
    case 'revoke-failed':
      return `the access token was not taken back, it is good until it expires: ${notice.error.message}`;
    case 'slowed':
      return undefined;
  }
}
