import type { DoubleRoute, RouteCall } from '../double-route.ts';
import type { Row } from './answer-list.ts';
import type { ImageFacts } from './image-facts.ts';
import { cidOf, listRoute, type ReadParts } from './read-parts.ts';

const imageFilters = [
  ...['cid', 'cloud_account_id', 'cloud_name', 'cloud_region', 'cluster_id', 'cluster_name', 'hosts', 'image_digest'],
  ...['image_has_been_assessed', 'image_id', 'image_name', 'image_registry', 'image_repository', 'image_tag'],
  ...['last_seen', 'namespace', 'running_status'],
];
const unidentifiedFilters = [
  ...['assessed_images_count', 'cid', 'cloud_account_id', 'cloud_name', 'cloud_region', 'cluster_id', 'cluster_name'],
  ...['containers_impacted_count', 'detections_count', 'image_assessment_detections_count', 'last_seen', 'namespace'],
  ...['node_name', 'severity', 'unassessed_images_count', 'visible_to_k8s'],
];

/** The lists of what runs: as far as inventories name the containers they are of. */
export function containerRoutes(parts: ReadParts): readonly DoubleRoute[] {
  const unidentified = parts.options.unidentifiedContainers ?? [];
  return [
    listRoute(
      parts,
      '/container-security/combined/container-images/v1',
      { filters: imageFilters, maxLimit: 200 },
      (call) =>
        [...parts.images.all()]
          .filter(({ containers }) => containers.some(({ containerId }) => containerId !== undefined))
          .map((image) => runningRow(image, call)),
    ),
    listRoute(
      parts,
      '/container-security/combined/unidentified-containers/v1',
      { filters: unidentifiedFilters, maxLimit: 100 },
      () => unidentified.map((resource) => ({ resource, fields: resource as Row['fields'] })),
    ),
  ];
}

function runningRow(image: ImageFacts, call: RouteCall): Row {
  const { request, containers } = image;
  const { Digest, ID, Registry = '', Repository = '', Tag = '' } = request.inventory.ImageInfo;
  const ids = containers.flatMap(({ containerId }) => containerId ?? []);
  const clusters = new Map(containers.map((container) => [container.clusterId, container]));
  const resource = {
    cid: cidOf(call),
    cluster_info: [...clusters.values()].map((at) => ({ cluster_id: at.clusterId, cluster_name: at.clusterName })),
    container_count: containers.length,
    containers_running_status: Object.fromEntries(ids.map((id) => [id, true])),
    hosts: [...new Set(containers.map(({ host }) => host))],
    id: image.id,
    image_detection_count: image.detections.length,
    image_digest: Digest,
    image_has_been_assessed: true,
    image_id: ID,
    image_name: request.original_image_name,
    image_registry: Registry,
    image_repository: Repository,
    image_tag: Tag,
    image_vulnerability_count: image.vulnerabilities.length,
    last_seen: image.lastSeen,
    running_container_count: ids.length,
  };
  const { cluster_info: _, containers_running_status: __, ...fields } = resource;
  return {
    resource,
    fields: {
      ...fields,
      cluster_id: containers.map(({ clusterId }) => clusterId),
      cluster_name: containers.map(({ clusterName }) => clusterName),
      namespace: containers.map(({ namespace }) => namespace),
      running_status: true,
    },
  };
}
