import type { DoubleRoute, RouteCall } from '../double-route.ts';
import type { Row } from './answer-list.ts';
import type { ImageFacts } from './image-facts.ts';
import type { SeedDetection } from './read-options.ts';
import { cidOf, listRoute, type ReadParts } from './read-parts.ts';

const filters = [
  'cid',
  'detection_type',
  'image_digest',
  'image_registry',
  'image_repository',
  'image_tag',
  'severity',
];
const list = { filters, maxLimit: 100 };

/** The lists of detections. */
export function detectionRoutes(parts: ReadParts): readonly DoubleRoute[] {
  const { images } = parts;
  return [
    listRoute(parts, '/container-security/combined/detections/v1', list, (call) =>
      [...groupDetections(images.all())].map(([seed, group]) => combinedRow(seed, group, call)),
    ),
    listRoute(parts, '/container-security/entities/detections/v1', list, (call) =>
      [...images.all()].flatMap((image) => image.detections.map((seed) => imageRow(seed, image, call))),
    ),
    listRoute(parts, '/container-security/queries/detections/v1', list, (call) =>
      [...groupDetections(images.all())].map(([seed, group]) => ({
        resource: seed.id,
        fields: combinedRow(seed, group, call).fields,
      })),
    ),
  ];
}

function groupDetections(images: Iterable<ImageFacts>): ReadonlyMap<SeedDetection, readonly ImageFacts[]> {
  const groups = new Map<SeedDetection, ImageFacts[]>();
  for (const image of images) {
    for (const seed of image.detections) {
      groups.set(seed, [...(groups.get(seed) ?? []), image]);
    }
  }
  return groups;
}

function combinedRow(seed: SeedDetection, images: readonly ImageFacts[], call: RouteCall): Row {
  const places = images.map(({ request }) => request.inventory.ImageInfo);
  return {
    resource: {
      cid: cidOf(call),
      containers_impacted: images.flatMap(({ containers }) => containers).length,
      description: seed.description ?? '',
      details: null,
      detection_id: seed.id,
      detection_name: seed.name,
      detection_severity: seed.severity,
      detection_type: seed.type,
      images_impacted: images.length,
      last_detected:
        images
          .map(({ lastSeen }) => lastSeen)
          .toSorted()
          .at(-1) ?? '',
      remediation: seed.remediation ?? '',
      title: seed.title ?? '',
    },
    fields: {
      cid: cidOf(call),
      detection_type: seed.type,
      severity: seed.severity,
      image_digest: places.map(({ Digest }) => Digest),
      image_registry: places.map(({ Registry = '' }) => Registry),
      image_repository: places.map(({ Repository = '' }) => Repository),
      image_tag: places.map(({ Tag = '' }) => Tag),
    },
  };
}

function imageRow(seed: SeedDetection, image: ImageFacts, call: RouteCall): Row {
  const { ImageInfo, OSInfo } = image.request.inventory;
  return {
    resource: {
      description: seed.description ?? '',
      details: '',
      detection_type: seed.type,
      id: seed.id,
      image_architecture: ImageInfo.Architecture,
      image_created_at: ImageInfo.CreatedAt ?? '',
      image_digest: ImageInfo.Digest,
      image_id: ImageInfo.ID,
      image_registry: ImageInfo.Registry ?? '',
      image_repository: ImageInfo.Repository ?? '',
      // A text, as the published model has it.
      image_size: String(ImageInfo.Size),
      image_tag: ImageInfo.Tag ?? '',
      name: seed.name,
      os_name: OSInfo.Name,
      os_version: OSInfo.Version,
      remediation: seed.remediation ?? '',
      severity: seed.severity,
      title: seed.title ?? '',
    },
    fields: combinedRow(seed, [image], call).fields,
  };
}
