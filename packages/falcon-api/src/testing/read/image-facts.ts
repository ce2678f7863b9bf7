import type { InventoryScanRequest } from '../../wire/inventory-scan-request.ts';
import type { StoredInventories, StoredInventory } from '../stored-inventories.ts';
import { type ReadSideOptions, type SeedDetection, type SeedVulnerability, severities } from './read-options.ts';

/** A package of a stored image. */
export interface StoredPackage {
  readonly name: string;
  readonly version: string;
  /** `os` or `application`. */
  readonly type: string;
  readonly license: string;
  readonly path: string;
  readonly layerIndex: number;
  readonly layerHash: string;
  readonly aiRelated: boolean;
}

/** A vulnerability and the package of an image that has it. */
export interface FoundVulnerability {
  readonly seed: SeedVulnerability;
  readonly in: StoredPackage;
}

/** Where a stored image was seen. */
export interface StoredContainer {
  readonly containerId: string | undefined;
  readonly clusterId: string;
  readonly clusterName: string;
  readonly host: string;
  readonly namespace: string;
}

/** A stored image: one for each digest, whichever agents sent it. */
export interface ImageFacts {
  /** Of the first upload; the id of its scan, and of the image in lists. */
  readonly id: string;
  /** The newest upload of the first agent. */
  readonly request: InventoryScanRequest;
  readonly packages: readonly StoredPackage[];
  readonly vulnerabilities: readonly FoundVulnerability[];
  readonly detections: readonly SeedDetection[];
  readonly containers: readonly StoredContainer[];
  /** RFC 3339. */
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** Images kept ready; the bodies of more than these are read anew for each call. */
const maxKept = 256;

/** Knows the stored images and what the seeds find in them. */
export class ImageBook {
  readonly #inventories: StoredInventories;
  readonly #options: ReadSideOptions;
  readonly #kept = new Map<string, { readonly state: string; readonly facts: ImageFacts }>();

  constructor(inventories: StoredInventories, options: ReadSideOptions) {
    this.#inventories = inventories;
    this.#options = options;
  }

  /** Every image, in the order of its first upload. */
  *all(): Generator<ImageFacts, void, undefined> {
    const digests = new Set<string>();
    for (const { digest } of this.#inventories.list()) {
      if (!digests.has(digest)) {
        digests.add(digest);
        yield this.#factsOf(digest, this.#inventories.ofImage(digest));
      }
    }
  }

  /** The image of a scan. */
  ofScan(id: string): ImageFacts | undefined {
    const stored = this.#inventories.get(id);
    return stored === undefined ? undefined : this.#factsOf(stored.digest, this.#inventories.ofImage(stored.digest));
  }

  #factsOf(digest: string, uploads: readonly StoredInventory[]): ImageFacts {
    const state = uploads.map(({ id, repeats }) => `${id} ${repeats}`).join();
    const kept = this.#kept.get(digest);
    if (kept?.state === state) {
      return kept.facts;
    }
    const facts = this.#read(uploads);
    this.#kept.delete(digest);
    this.#kept.set(digest, { state, facts });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) {
      this.#kept.delete(oldest);
    }
    return facts;
  }

  #read(uploads: readonly StoredInventory[]): ImageFacts {
    const bodies = uploads.map((upload) => upload.request());
    const [first, request] = [uploads[0]!, bodies[0]!];
    const packages = packagesOf(request.inventory);
    const seeds = this.#options.vulnerabilities ?? [];
    const digest = request.inventory.ImageInfo.Digest;
    return {
      id: first.id,
      request,
      packages,
      vulnerabilities: findVulnerabilities(packages, seeds),
      detections: (this.#options.detections ?? []).filter(({ imageDigest = digest }) => imageDigest === digest),
      containers: bodies.map(containerOf),
      firstSeen: new Date(Math.min(...uploads.map((upload) => upload.firstSeen))).toISOString(),
      lastSeen: new Date(Math.max(...uploads.map((upload) => upload.lastSeen))).toISOString(),
    };
  }
}

/** Which of the seeds some packages have. */
export function findVulnerabilities(
  packages: readonly StoredPackage[],
  seeds: readonly SeedVulnerability[],
): readonly FoundVulnerability[] {
  return packages.flatMap((item) =>
    seeds
      .filter(
        ({ packageName, packageVersion = item.version }) =>
          packageName === item.name && packageVersion === item.version,
      )
      .map((seed) => ({ seed, in: item })),
  );
}

/** Packages as inventories write them. */
export type PackageLists = Pick<InventoryScanRequest['inventory'], 'Packages' | 'ApplicationPackages'>;

/** The packages of an inventory, OS packages first. */
export function packagesOf(inventory: PackageLists): readonly StoredPackage[] {
  const system = inventory.Packages.map((item) => ({
    name: item.Product ?? '',
    version: item.MajorVersion ?? '',
    type: 'os',
    license: '',
    path: '',
    layerIndex: item.LayerIndex,
    layerHash: item.LayerHash ?? '',
    aiRelated: false,
  }));
  const application = (inventory.ApplicationPackages ?? []).flatMap(({ libraries }) =>
    libraries.map((item) => ({
      name: item.Name ?? '',
      version: item.Version ?? '',
      type: 'application',
      license: item.License ?? '',
      path: item.Path ?? '',
      layerIndex: item.LayerIndex,
      layerHash: item.LayerHash ?? '',
      aiRelated: item.ai_related ?? false,
    })),
  );
  return [...system, ...application];
}

/** Name and version in one text, as the lists write a package. */
export function nameAndVersion({ name, version }: StoredPackage): string {
  return `${name} ${version}`.trim();
}

/** The worst of some severities; empty where there is none. */
export function worst(findings: readonly { readonly severity: string }[]): string {
  return severities.find((severity) => findings.some((finding) => finding.severity === severity)) ?? '';
}

function containerOf(body: InventoryScanRequest): StoredContainer {
  return {
    containerId: body.container_id,
    clusterId: body.cluster_id,
    clusterName: body.cluster_name,
    host: body.host_name,
    namespace: body.pod_namespace ?? '',
  };
}
