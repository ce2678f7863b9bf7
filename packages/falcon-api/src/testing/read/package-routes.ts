import type { DoubleRoute, RouteCall } from '../double-route.ts';
import type { Row } from './answer-list.ts';
import { type FoundVulnerability, type ImageFacts, nameAndVersion, type StoredPackage } from './image-facts.ts';
import { cidOf, listRoute, type ReadParts } from './read-parts.ts';

const filters = [
  ...['ai_related', 'cid', 'container_id', 'cveid', 'fix_status', 'image_digest', 'license', 'package_name_version'],
  ...['severity', 'type', 'vulnerability_count'],
];
const list = { filters, queries: ['only_zero_day_affected'], maxLimit: 100 };

/** The lists of packages. The seeds know no zero days, so those asked for alone are none. */
export function packageRoutes(parts: ReadParts): readonly DoubleRoute[] {
  const known = (call: RouteCall) =>
    call.query.get('only_zero_day_affected') === 'true' ? [] : groupPackages(parts.images.all());
  return [
    listRoute(parts, '/container-security/combined/packages/v1', list, (call) =>
      known(call).map((group) => packageRow(group, call)),
    ),
    listRoute(parts, '/container-security/combined/packages/v2', list, (call) =>
      known(call).flatMap((group) => vulnerablePackageRows(group, call)),
    ),
  ];
}

/** A package over all images. */
interface PackageGroup {
  readonly item: StoredPackage;
  readonly images: Set<ImageFacts>;
  readonly found: Map<string, FoundVulnerability>;
}

function groupPackages(images: Iterable<ImageFacts>): readonly PackageGroup[] {
  const groups = new Map<string, PackageGroup>();
  const groupOf = (item: StoredPackage): PackageGroup => {
    const key = `${item.type} ${nameAndVersion(item)}`;
    const group = groups.get(key) ?? { item, images: new Set(), found: new Map() };
    groups.set(key, group);
    return group;
  };
  for (const image of images) {
    for (const item of image.packages) {
      groupOf(item).images.add(image);
    }
    for (const found of image.vulnerabilities) {
      groupOf(found.in).found.set(found.seed.cveId, found);
    }
  }
  return [...groups.values()];
}

function common({ item, images }: PackageGroup, call: RouteCall): Readonly<Record<string, unknown>> {
  return {
    ai_related: item.aiRelated,
    all_images: images.size,
    cid: cidOf(call),
    license: item.license,
    package_name_version: nameAndVersion(item),
    running_images: [...images].filter(({ containers }) => containers.some(({ containerId }) => containerId)).length,
    type: item.type,
  };
}

function fieldsOf({ item, images, found }: PackageGroup, call: RouteCall): Row['fields'] {
  const facts = [...images];
  return {
    ai_related: item.aiRelated,
    cid: cidOf(call),
    container_id: facts.flatMap(({ containers }) => containers.flatMap(({ containerId }) => containerId ?? [])),
    cveid: [...found.keys()],
    image_digest: facts.map(({ request }) => request.inventory.ImageInfo.Digest),
    license: item.license,
    package_name_version: nameAndVersion(item),
    severity: [...found.values()].map(({ seed }) => seed.severity),
    type: item.type,
    vulnerability_count: found.size,
  };
}

function packageRow(group: PackageGroup, call: RouteCall): Row {
  const vulnerabilities = [...group.found.values()].map(({ seed }) => ({
    cveid: seed.cveId,
    description: seed.description ?? '',
    fix_resolution: seed.fixedVersion === undefined ? null : [seed.fixedVersion],
    severity: seed.severity,
  }));
  return {
    resource: { ...common(group, call), vulnerability_count: group.found.size, vulnerabilities },
    fields: fieldsOf(group, call),
  };
}

function vulnerablePackageRows(group: PackageGroup, call: RouteCall): readonly Row[] {
  const none = { cveid: '', severity: '', vulnerability_description: '', fix_resolution: null };
  const each = [...group.found.values()].map(({ seed }) => ({
    cveid: seed.cveId,
    severity: seed.severity,
    vulnerability_description: seed.description ?? '',
    fix_resolution: seed.fixedVersion === undefined ? null : [seed.fixedVersion],
  }));
  return (each.length > 0 ? each : [none]).map((vulnerability) => ({
    resource: { ...common(group, call), ...vulnerability },
    fields: { ...fieldsOf(group, call), cveid: vulnerability.cveid, severity: vulnerability.severity },
  }));
}
