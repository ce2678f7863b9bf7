import { formatPlatform, type Platform } from '@falcon-iar/oci-registry';
import type { RunningName } from './open-from-registry.ts';

/**
 * What two containers that run the same image have in common. The digest of an index means another image on another
 * platform; where there is no digest, the name has to do, and then a moved tag is not noticed.
 */
export function sightingKey({ reference, digest, digestOf }: RunningName, platform: Platform | undefined): string {
  const what = digest === undefined ? `name ${reference}` : `${digestOf} ${digest}`;
  return platform === undefined ? what : `${what} ${formatPlatform(platform)}`;
}
