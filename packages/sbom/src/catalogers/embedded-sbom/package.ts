import type { PackageClass, PackageScope } from '../../model/package.ts';
import { type ParsedPurl, parsePurl } from '../../purl/parse-purl.ts';
import type { StatedPackage } from '../package-list.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { SbomComponent } from './sbom-component.ts';

/** Types of packages that belong to a distribution. */
const systemTypes: ReadonlySet<string> = new Set(['deb', 'rpm', 'apk', 'alpm', 'opkg']);
/** Types of software that is known by its program. */
const binaryTypes: ReadonlySet<string> = new Set(['generic', 'bitnami', 'github']);
/** Types of images, not of packages in them. */
const imageTypes: ReadonlySet<string> = new Set(['oci', 'docker']);

/** Parts of a package URL that the model has fields for. */
type PurlPart = Pick<
  StatedPackage,
  'type' | 'namespace' | 'name' | 'version' | 'architecture' | 'source' | 'qualifiers'
>;

/**
 * The packages that components stand for. Those of an operating system are never more than declared: where they are
 * installed the system's own database says so.
 */
export function sbomPackages(components: readonly SbomComponent[], scope: PackageScope): StatedPackage[] {
  return components.flatMap((component) => sbomPackage(component, scope) ?? []);
}

/** The package that a component stands for; undefined where its package URL names none, or no version is stated. */
export function sbomPackage(component: SbomComponent, scope: PackageScope): StatedPackage | undefined {
  const purl = parsePurl(component.purl, { lenient: true });
  if (purl === undefined || imageTypes.has(purl.type)) return undefined;
  const parts = purlFields(purl, component.version);
  if (parts === undefined) return undefined;
  const isSystem = systemTypes.has(purl.type);
  const { ref, licenses, supplier, description, hashes, cpes, dependsOn } = component;
  return {
    ...parts,
    ...{ key: ref, class: classOf(purl.type), scope: isSystem ? 'declared' : scope },
    ...(licenses.length > 0 && { licenses }),
    ...withoutUndefined({ supplier, description }),
    ...(hashes.length > 0 && { hashes }),
    ...(cpes.length > 0 && { cpes }),
    ...(dependsOn.length > 0 && { dependsOn }),
    details: withoutUndefined({ subpath: purl.subpath }),
  };
}

function classOf(type: string): PackageClass {
  if (systemTypes.has(type)) return 'os';
  return binaryTypes.has(type) ? 'binary' : 'language';
}

/** The fields of a package from its purl; of a system's package, what the purl's qualifiers say is its own field. */
function purlFields(purl: ParsedPurl, stated: string | undefined): PurlPart | undefined {
  const { type, namespace, name, qualifiers } = purl;
  const version = purl.version ?? stated;
  if (version === undefined || !isPlainToken(name) || !isPlainToken(version)) return undefined;
  const base = { type, ...(namespace !== undefined && { namespace }), name };
  if (!systemTypes.has(type)) {
    return { ...base, version, ...(Object.keys(qualifiers).length > 0 && { qualifiers }) };
  }
  const { arch, epoch, upstream, distro: _, ...others } = qualifiers;
  const at = upstream?.indexOf('@', 1) ?? -1;
  const source =
    upstream === undefined
      ? undefined
      : at < 0
        ? { name: upstream }
        : { name: upstream.slice(0, at), version: upstream.slice(at + 1) };
  return {
    ...base,
    version: epoch === undefined ? version : `${epoch}:${version}`,
    ...withoutUndefined({ architecture: arch, source }),
    ...(Object.keys(others).length > 0 && { qualifiers: others }),
  };
}
