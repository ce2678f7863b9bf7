/** What a package is compared by, whichever program found it. */
export interface PackageName {
  /** purl type. */
  readonly type: string;
  readonly name: string;
  readonly version: string;
}

/** The components of a CycloneDX document that have a package URL. */
export function packagesOfCycloneDx(document: unknown): PackageName[] {
  const { components = [] } = document as { components?: readonly { purl?: string }[] };
  return components.flatMap(({ purl }) => {
    const parts = /^pkg:([^/]+)\/([^@?#]+)(?:@([^?#]+))?/.exec(purl ?? '');
    if (parts === null) return [];
    const [, type = '', path = '', version = ''] = parts;
    const epoch = /[?&]epoch=(\d+)/.exec(purl ?? '')?.[1];
    const ofSystem = ['deb', 'rpm', 'apk', 'alpm'].includes(type);
    const name = decodeURIComponent(ofSystem ? path.slice(path.lastIndexOf('/') + 1) : path);
    // Some write a Debian epoch as a qualifier, as rpm has it.
    const full = decodeURIComponent(version);
    return [{ type, name, version: epoch === undefined ? full : `${epoch}:${full}` }];
  });
}

const snykTypes: Readonly<Record<string, string>> = {
  ...{ deb: 'deb', rpm: 'rpm', apk: 'apk' },
  ...{ npm: 'npm', yarn: 'npm', pip: 'pypi', poetry: 'pypi', gomodules: 'golang', maven: 'maven' },
  ...{ composer: 'composer', nuget: 'nuget' },
};

/** What `snyk-scan.mjs` writes: names with the source package in front for Debian, `group:artifact` for Maven. */
export function packagesOfSnyk(document: unknown): PackageName[] {
  return (document as readonly { type: string; name: string; version?: string }[]).flatMap(
    ({ type, name, version }) => {
      const purlType = snykTypes[type];
      if (purlType === undefined || version === undefined || version === '') return [];
      const own = purlType === 'deb' ? name.slice(name.lastIndexOf('/') + 1) : name.replace(':', '/');
      return [{ type: purlType, name: own, version }];
    },
  );
}
