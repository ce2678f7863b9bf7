import type { RpmPackageFacts } from '../rpm/facts.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** What rpm writes for a tag that a package does not have. */
const none = '(none)';

/**
 * Reads one line of a `container-manifest-2` (CBL-Mariner, toolkit/docs/how_it_works/5_misc.md), the answer of
 * `rpm --query --queryformat`: name, version-release, install time, build time, vendor, epoch, size, architecture, epoch
 * as a number and source package, with tabs between.
 *
 * @returns undefined where it states no package
 */
export function parseManifestLine(line: string): RpmPackageFacts | undefined {
  const fields = line.split('\t').map((field) => field.trim());
  const [name = '', version = '', installTime, buildTime, vendor, , size, architecture, epoch, sourceRpm] = fields;
  if (!isPlainToken(name) || !isPlainToken(version) || !version.includes('-')) return undefined;
  const stated = {
    architecture: text(architecture),
    sourceRpm: text(sourceRpm),
    vendor: text(vendor),
    size: number(size),
    buildTime: number(buildTime),
    installTime: number(installTime),
  };
  return { name, version: `${number(epoch) ? `${number(epoch)}:` : ''}${version}`, ...withoutUndefined(stated) };
}

function text(field: string | undefined): string | undefined {
  return field === none ? undefined : field || undefined;
}

function number(field: string | undefined): number | undefined {
  return field !== undefined && /^\d{1,15}$/.test(field) ? Number(field) : undefined;
}
