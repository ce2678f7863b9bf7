import type { StatedPackage } from '../package-list.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { InstalledPerl, PerlDistribution } from './parse-perl-metadata.ts';
import type { LocalModule } from './parse-perllocal.ts';

/** A distribution that its own metadata describes: unpacked, and perhaps built, but not thereby installed. */
export function describedPerl(distribution: PerlDistribution): StatedPackage {
  const { name, version, description, author, licenses, homepage } = distribution;
  return {
    ...{ type: 'cpan', class: 'language', scope: 'declared', name, version, licenses },
    ...withoutUndefined({ description, supplier: author }),
    ...(homepage !== undefined && { homepage: withoutCredentials(homepage) }),
    details: {},
  };
}

/** A distribution that cpanminus installed. Its author is a qualifier, as purl-spec wants it for new package URLs. */
export function installedPerl({ name, version, author, archive }: InstalledPerl): StatedPackage {
  return {
    ...{ type: 'cpan', class: 'language', name, version },
    ...(author !== undefined && { qualifiers: { author } }),
    details: withoutUndefined({ archive }),
  };
}

/** A distribution that MakeMaker installed. */
export function localPerl({ name, version }: LocalModule): StatedPackage {
  return { type: 'cpan', class: 'language', name, version, details: {} };
}
