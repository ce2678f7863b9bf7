import type { DoubleRoute, RouteCall } from '../double-route.ts';
import { refuseEntities, resources } from '../envelope.ts';
import { answerList, checkNames, type Row } from './answer-list.ts';
import type { FieldValues } from './fql.ts';
import { type ImageFacts, nameAndVersion, worst } from './image-facts.ts';
import { cidOf, listRoute, type ReadParts, readScope } from './read-parts.ts';

const detailFilters = [
  ...['architecture', 'base_os', 'cid', 'first_seen', 'image_digest', 'image_id', 'index_digest', 'multi_arch'],
  ...['registry', 'repository', 'source', 'tag'],
];
const listFilters = [
  ...['ai_related', 'architecture', 'container_id', 'container_running_status', 'cve_id', 'detection_name'],
  ...['detection_severity', 'first_seen', 'image_digest', 'image_id', 'index_digest', 'multi_arch', 'registry'],
  ...['repository', 'tag', 'vulnerability_severity'],
];
const exportFilters = [
  ...['ai_related', 'ai_vulnerability_count', 'architecture', 'base_os', 'cid', 'container_id'],
  ...['container_running_status', 'cps_rating', 'crowdstrike_user', 'cve_id', 'detection_count', 'detection_name'],
  ...['detection_severity', 'first_seen', 'image_digest', 'image_id', 'include_base_image_vuln', 'index_digest'],
  ...['layer_digest', 'multi_arch', 'package_name_version', 'registry', 'repository', 'source', 'tag'],
  ...['vulnerability_count', 'vulnerability_severity'],
];

/** The lists of images. */
export function imageRoutes(parts: ReadParts): readonly DoubleRoute[] {
  const { images } = parts;
  const rowsOf = (call: RouteCall, resource: (image: ImageFacts) => unknown): Row[] =>
    [...images.all()].map((image) => ({ resource: resource(image), fields: imageFields(image, call) }));
  return [
    listRoute(
      parts,
      '/container-security/combined/image-assessment/images/v1',
      { filters: listFilters, maxLimit: 100 },
      (call) => rowsOf(call, (image) => combined(image, call)),
    ),
    listRoute(
      parts,
      '/container-security/combined/images/detail/v1',
      { filters: detailFilters, queries: ['with_config'], maxLimit: 100 },
      (call) => rowsOf(call, (image) => detail(image, call)),
    ),
    listRoute(
      parts,
      '/container-security/combined/images/export/v1',
      { filters: exportFilters, queries: ['expand_vulnerabilities', 'expand_detections'], maxLimit: 100 },
      (call) => [...images.all()].flatMap((image) => exported(image, call)),
    ),
    countRoute(rowsOf),
  ];
}

function countRoute(rowsOf: (call: RouteCall, resource: (image: ImageFacts) => unknown) => Row[]): DoubleRoute {
  return {
    method: 'GET',
    path: '/container-security/aggregates/images/count/v1',
    scope: readScope,
    answer(call) {
      const problem = checkNames(call.query, ['filter']);
      if (problem !== undefined) {
        return refuseEntities(400, 'invalid request', call.traceId, problem);
      }
      const rows = rowsOf(call, () => ({}));
      const answer = answerList(call, { filters: exportFilters, maxLimit: 10_000 }, rows, {});
      const counted = (answer.json as { resources: readonly unknown[] | null }).resources?.length ?? 0;
      return answer.status === 200 ? resources([{ count: counted }], call.traceId) : answer;
    },
  };
}

/** What an image can be filtered by. */
export function imageFields(image: ImageFacts, call: RouteCall): FieldValues {
  const { ImageInfo, OSInfo, Layers } = image.request.inventory;
  return {
    ...place(image),
    ai_related: image.request.inventory.ai_related ?? false,
    base_os: `${OSInfo.Name} ${OSInfo.Version}`,
    cid: cidOf(call),
    container_id: image.containers.flatMap(({ containerId }) => containerId ?? []),
    container_running_status: image.containers.some(({ containerId }) => containerId !== undefined),
    cve_id: image.vulnerabilities.map(({ seed }) => seed.cveId),
    detection_count: image.detections.length,
    detection_name: image.detections.map(({ name }) => name),
    detection_severity: image.detections.map(({ severity }) => severity),
    first_seen: image.firstSeen,
    last_seen: image.lastSeen,
    layer_digest: Layers.map(({ Digest }) => Digest),
    multi_arch: ImageInfo.IndexDigest !== '',
    package_name_version: image.packages.map(nameAndVersion),
    source: ImageInfo.source ?? '',
    vulnerability_count: image.vulnerabilities.length,
    vulnerability_severity: image.vulnerabilities.map(({ seed }) => seed.severity),
  };
}

type Place = Readonly<
  Record<'architecture' | 'image_digest' | 'image_id' | 'index_digest' | 'registry' | 'repository' | 'tag', string>
>;

/** Which image it is, as most models write it. */
function place({ request }: ImageFacts): Place {
  const {
    Architecture,
    Digest,
    ID,
    IndexDigest,
    Registry = '',
    Repository = '',
    Tag = '',
  } = request.inventory.ImageInfo;
  return {
    architecture: Architecture,
    image_digest: Digest,
    image_id: ID,
    index_digest: IndexDigest,
    registry: Registry,
    repository: Repository,
    tag: Tag,
  };
}

function combined(image: ImageFacts, call: RouteCall): unknown {
  const { inventory } = image.request;
  const reports = '/image-assessment/entities/reports/v2';
  const { image_digest, image_id, repository, tag } = place(image);
  return {
    ...place(image),
    ai_related: inventory.ai_related ?? false,
    base_os: `${inventory.OSInfo.Name} ${inventory.OSInfo.Version}`,
    cid: cidOf(call),
    containers: image.containers.length,
    detections: image.detections.length,
    first_seen: image.firstSeen,
    highest_detection_severity: worst(image.detections),
    highest_vulnerability_severity: worst(image.vulnerabilities.map(({ seed }) => seed)),
    last_seen: image.lastSeen,
    layers_with_vulnerabilities: new Set(image.vulnerabilities.map((found) => found.in.layerIndex)).size,
    multi_arch: inventory.ImageInfo.IndexDigest !== '',
    packages: image.packages.length,
    report_url_by_id_and_digest: `${reports}?${new URLSearchParams({ image_id, digest: image_digest })}`,
    report_url_by_repo_and_tag: `${reports}?${new URLSearchParams({ repository, tag })}`,
    vulnerabilities: image.vulnerabilities.length,
    warning: 0,
  };
}

function detail(image: ImageFacts, call: RouteCall): unknown {
  const { inventory } = image.request;
  const { image_digest, architecture: _, ...where } = place(image);
  return {
    ...where,
    digest: image_digest,
    uuid: image.id,
    ai_related: inventory.ai_related ?? false,
    base_os: inventory.OSInfo.Name,
    base_os_version: inventory.OSInfo.Version,
    cid: cidOf(call),
    ...(call.query.get('with_config') === 'true' ? { config: lightConfig(image) } : {}),
    created_at: image.firstSeen,
    crowdstrike_user: '',
    eol_date: '',
    first_scanned: image.firstSeen,
    image_scanning_active: true,
    image_size: inventory.ImageInfo.Size,
    is_base_image: false,
    multi_arch: inventory.ImageInfo.IndexDigest !== '',
    source: inventory.ImageInfo.source ?? '',
    source_base_image: { digest: '', registry: '', repository: '', tag: '' },
    updated_at: image.lastSeen,
    warning: 0,
  };
}

function lightConfig({ request }: ImageFacts): unknown {
  const { ConfigInfo, ImageInfo } = request.inventory;
  return {
    architecture: ImageInfo.Architecture,
    cmd: ConfigInfo.Cmd,
    entry_point: ConfigInfo.Entrypoint,
    env: ConfigInfo.Env,
    exposed_ports: ConfigInfo.ExposedPorts,
    labels: ConfigInfo.Labels,
    user: ConfigInfo.User,
    working_dir: ConfigInfo.WorkingDir,
  };
}

/** The rows of the images export: the image, or where that is asked for, each of its findings. */
function exported(image: ImageFacts, call: RouteCall): readonly Row[] {
  const fields = imageFields(image, call);
  const base = exportRow(image, call);
  const vulnerabilities = image.vulnerabilities.map(({ seed, in: item }) => ({
    ...base,
    cve_id: seed.cveId,
    cvss_score: String(seed.cvssScore ?? 0),
    package_name_version: nameAndVersion(item),
    packages_impacted: 1,
    vulnerability_description: seed.description ?? '',
    vulnerability_severity: seed.severity,
  }));
  const detections = image.detections.map(({ name, severity, type }) => ({
    ...base,
    detection_name: name,
    detection_severity: severity,
    detection_type: type,
  }));
  const expanded = [
    ...(call.query.get('expand_vulnerabilities') === 'true' ? vulnerabilities : []),
    ...(call.query.get('expand_detections') === 'true' ? detections : []),
  ];
  return (expanded.length > 0 ? expanded : [base]).map((resource) => ({ resource, fields }));
}

function exportRow(image: ImageFacts, call: RouteCall): Readonly<Record<string, unknown>> {
  const { inventory } = image.request;
  return {
    ...place(image),
    ai_related: inventory.ai_related ?? false,
    base_os: `${inventory.OSInfo.Name} ${inventory.OSInfo.Version}`,
    business_impact: null,
    business_unit: null,
    cid: cidOf(call),
    cloud_groups_v2: null,
    cve_id: '',
    cvss_score: '',
    detection_name: '',
    detection_severity: '',
    detection_type: '',
    environment: null,
    first_seen: image.firstSeen,
    groups: null,
    image_build_date: inventory.ImageInfo.CreatedAt ?? '',
    is_base_image: false,
    last_seen: image.lastSeen,
    packages_impacted: 0,
    source: inventory.ImageInfo.source ?? '',
    started_containers: image.containers.filter(({ containerId }) => containerId !== undefined).length,
    stopped_containers: 0,
    vulnerability_cps_rating: '',
    vulnerability_description: '',
    vulnerability_severity: '',
  };
}
