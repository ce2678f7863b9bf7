import type { Platform } from '@falcon-iar/oci-registry';
import { UsageError } from '../cli/usage-error.ts';

/**
 * Reads `os/arch[/variant]`. Without text nothing is demanded: an index gives the image for linux on this machine's
 * architecture, or its only one.
 *
 * @throws UsageError when the text has another form
 */
export function parsePlatform(text: string | undefined): Platform | undefined {
  if (text === undefined) return undefined;
  const [, os, architecture, variant] = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9.]+))?$/.exec(text) ?? [];
  if (os === undefined || architecture === undefined) {
    throw new UsageError(`"${text}" is not a platform`, 'write os/arch or os/arch/variant, such as linux/arm64/v8');
  }
  return { os, architecture, ...(variant !== undefined && { variant }) };
}
