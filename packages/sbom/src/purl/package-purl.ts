import type { Distro } from '../model/distro.ts';
import { canonicalPurl } from './canonical-purl.ts';
import { foldPurl } from './purl-types.ts';

/** What a package URL is made of; package findings and packages both have it. */
export interface PurlFields {
  /** purl type. */
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  /** Full version as the package system writes it. */
  readonly version: string;
  readonly architecture?: string | undefined;
  /** The source package, where it differs from the package. */
  readonly source?: { readonly name: string; readonly version?: string } | undefined;
  /** Further qualifiers; they win over those made here. */
  readonly qualifiers?: Readonly<Record<string, string>> | undefined;
}

/** How to write a package URL. */
export interface PackagePurlOptions {
  /**
   * Whether to add `distro` and `upstream`, which purl-spec does not define but vulnerability matchers read. Default
   * true.
   */
  readonly customQualifiers?: boolean;
}

/**
 * Package systems whose packages belong to a distribution: its id is the namespace, which purl-spec demands. Where the
 * image names no distribution, the parent of all that use the system stands in, as other tools have it; an rpm has none.
 */
const distroNamespaces: Readonly<Record<string, string | undefined>> = {
  deb: 'debian',
  apk: 'alpine',
  alpm: 'arch',
  rpm: undefined,
};

/** Distributions whose packages go by the name of their vendor (purl-spec, `rpm`). */
const rpmNamespaces: Readonly<Record<string, string>> = { rhel: 'redhat', sles: 'suse' };

/** What purl-spec does not define for packages of a system, whoever states it. */
const customNames: ReadonlySet<string> = new Set(['distro', 'upstream', 'rpmmod']);

/**
 * The package URL of a package, canonical (purl-spec 1.0, types/TYPE-definition.json).
 *
 * @example
 * `pkg:deb/debian/libpam-runtime@1.1.8-3.6?arch=all&distro=debian-12&upstream=pam`
 *
 * @param image - The image's distribution; packages of an operating system take namespace and `distro` from it.
 */
export function packagePurl(fields: PurlFields, image?: Distro, options: PackagePurlOptions = {}): string {
  const { type, name, version } = fields;
  // BusyBox is known by a program alone; no packages come from it.
  const distro = image?.id === 'busybox' ? undefined : image;
  const ofSystem = Object.hasOwn(distroNamespaces, type);
  const { epoch, rest } = type === 'rpm' ? splitEpoch(version) : { epoch: undefined, rest: version };
  const custom = (ofSystem || type === 'opkg') && options.customQualifiers !== false;
  const parts = foldPurl({
    type,
    namespace: ofSystem ? systemNamespace(fields, distro) : fields.namespace,
    name,
    // Go writes this where there is no version.
    version: type === 'golang' && rest === '(devel)' ? undefined : rest,
    qualifiers: {
      ...(ofSystem && { arch: fields.architecture, epoch }),
      ...(custom && { distro: distro && distroQualifier(distro), upstream: upstream(fields) }),
      ...(!ofSystem || custom ? fields.qualifiers : definedOnly(fields.qualifiers)),
    },
  });
  return canonicalPurl(parts);
}

function definedOnly(qualifiers: PurlFields['qualifiers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(qualifiers).filter(([name]) => !customNames.has(name)));
}

function systemNamespace({ type, namespace }: PurlFields, distro: Distro | undefined): string | undefined {
  if (namespace !== undefined) return namespace.toLowerCase();
  if (distro === undefined) return distroNamespaces[type];
  if (type !== 'rpm') return distro.id.toLowerCase();
  if (distro.id.startsWith('opensuse')) return 'opensuse';
  return Object.hasOwn(rpmNamespaces, distro.id) ? rpmNamespaces[distro.id] : distro.id.toLowerCase();
}

/** rpm keeps the epoch in a qualifier, and 0 is the same as none. */
function splitEpoch(version: string): { epoch: string | undefined; rest: string } {
  const epoch = /^(\d+):/.exec(version);
  if (epoch === null) return { epoch: undefined, rest: version };
  return { epoch: Number(epoch[1]) === 0 ? undefined : epoch[1], rest: version.slice(epoch[0].length) };
}

/** `debian-12`; what has no version goes by its build (rolling releases) or codename (those not yet released). */
function distroQualifier({ id, versionId, buildId, versionCodename }: Distro): string {
  const version = versionId ?? buildId ?? versionCodename;
  return version === undefined ? id : `${id}-${version}`;
}

/** The source package by name, with its version where that is another than the package's. */
function upstream({ name, version, source }: PurlFields): string | undefined {
  if (source === undefined) return undefined;
  if (source.version !== undefined && source.version !== version) return `${source.name}@${source.version}`;
  return source.name === name ? undefined : source.name;
}
