import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { ResolvedSwift } from './parse-package-resolved.ts';

/**
 * The resolved packages. Their names are where their repositories are (purl-spec, `swift`): `github.com/apple` and
 * `swift-nio`; those of a registry have a scope and a name. One that follows a branch has the commit for a version.
 */
export function resolvedSwifts(packages: readonly ResolvedSwift[]): StatedPackage[] {
  return packages.flatMap((pkg) => {
    const { kind, location, branch, revision } = pkg;
    const version = pkg.version ?? revision ?? branch;
    const place = kind === 'localSourceControl' ? undefined : placeOf(pkg);
    if (version === undefined || place === undefined) return [];
    return [
      {
        ...{ type: 'swift', class: 'language', scope: 'declared', ...place, version },
        details: withoutUndefined({ kind, location: location === '' ? undefined : location, branch, revision }),
      },
    ];
  });
}

function placeOf({ name, kind, location = '' }: ResolvedSwift): { namespace: string; name: string } | undefined {
  const dot = name.indexOf('.');
  if (kind === 'registry') return dot < 0 ? undefined : { namespace: name.slice(0, dot), name: name.slice(dot + 1) };
  // `https://host/owner/name.git`, `ssh://git@host:22/owner/name`, `git@host:owner/name`.
  const [, host, path = ''] = /^(?:[a-z+]+:\/\/)?(?:[^/@]*@)?([^/:]+)(?::\d+(?=\/))?[/:](.+)$/i.exec(location) ?? [];
  const segments = path.split('/').filter((segment) => segment !== '');
  const last = segments.pop()?.replace(/\.git$/, '');
  if (host === undefined || host.startsWith('.') || last === undefined || last === '') return undefined;
  return { namespace: [host.toLowerCase(), ...segments].join('/'), name: last };
}
