import type { PackageFinding } from '../../catalog/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { RpmPackageFacts } from './facts.ts';
import { parseSourceRpm } from './parse-source-rpm.ts';

/** A package of an rpm system in the form of a finding, whichever file states it. */
export function stateRpm(pkg: RpmPackageFacts): Omit<PackageFinding, 'kind' | 'key' | 'occurrence'> {
  const { name, version, architecture, license, vendor, summary, url } = pkg;
  return {
    ...{ type: 'rpm', class: 'os', name, version, architecture, source: source(pkg) },
    licenses: license === undefined ? [] : [license],
    ...{ supplier: vendor, description: summary, homepage: url === undefined ? undefined : withoutCredentials(url) },
    ...{ details: details(pkg), qualifiers: qualifiers(pkg) },
  };
}

/** Where it differs from the package; its file name has no epoch. */
function source({ name, version, sourceRpm }: RpmPackageFacts): PackageFinding['source'] {
  const found = sourceRpm === undefined ? undefined : parseSourceRpm(sourceRpm);
  if (found === undefined || (found.name === name && found.version === version.replace(/^\d+:/, ''))) return undefined;
  return found;
}

/**
 * `upstream` is the source package's file name and `rpmmod` the module, as vulnerability matchers read them; purl-spec
 * knows neither.
 */
function qualifiers({ sourceRpm, modularityLabel }: RpmPackageFacts): Readonly<Record<string, string>> {
  return withoutUndefined({ rpmmod: modularityLabel, upstream: sourceRpm });
}

function details(pkg: RpmPackageFacts): JsonObject {
  const { sourceRpm, modularityLabel, size, buildTime, installTime, headerSha256, headerSha1, signedBy } = pkg;
  return withoutUndefined({
    ...{ sourceRpm, modularityLabel, installedSize: size, signedBy },
    ...{ builtAt: dateTime(buildTime), installedAt: dateTime(installTime) },
    ...{ headerSha256, headerSha1: headerSha256 === undefined ? headerSha1 : undefined },
  });
}

/** rpm keeps times in 32 bits, and 0 is none. */
const latest = 0xffff_ffff;

/** RFC 3339. */
function dateTime(seconds: number | undefined): string | undefined {
  if (seconds === undefined || seconds === 0 || seconds > latest) return undefined;
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}Z`;
}
