import type { RegistryImages } from '../client/registry-credentials.ts';
import type { FalconCloudName } from '../cloud/falcon-clouds.ts';
import { FalconError } from '../falcon-error.ts';
import type { SensorImageType } from './sensor-image-type.ts';

/** Where an image of the vendor's registry is, and what it takes to read it. */
export interface SensorImage {
  readonly type: SensorImageType;
  /** What a copy elsewhere is called; not always the last part of the path (`fcs` is at `…/cs-fcs`). */
  readonly name: string;
  /** Path in the registry, such as `falcon-imageanalyzer/release/falcon-imageanalyzer`. */
  readonly repository: string;
  /** Whose login opens it; for `registryCredentials`. */
  readonly images: RegistryImages;
  /** The type that takes its place, where the vendor announced that this one goes away. */
  readonly replacedBy?: SensorImageType;
}

/** Options of {@link sensorImage}. */
export interface SensorImageOptions {
  /** The cloud of the API client; `RegistryCredentials.cloud` tells it. Unused by types that are the same everywhere. */
  readonly cloud?: FalconCloudName | undefined;
  /** Which builds. Default `release`, the only ones customers have. */
  readonly stage?: 'release' | 'stage' | undefined;
}

interface Place {
  /** First part of the path. */
  readonly folder: string;
  /** When a part for the cloud follows: never, always, or on government clouds alone. */
  readonly regional: 'never' | 'always' | 'government';
  /** Last part of the path. */
  readonly repository: string;
  /** Default: the last part of the path. */
  readonly name?: string;
  /** Default `container-security`. */
  readonly images?: RegistryImages;
  readonly replacedBy?: SensorImageType;
}

const assessment = { folder: 'falcon-selfhostedregistryassessment', regional: 'government' } as const;

const places: Readonly<Record<SensorImageType, Place>> = {
  'falcon-imageanalyzer': unified('falcon-imageanalyzer'),
  'falcon-imageanalyzer-regional': regional('falcon-imageanalyzer', 'falcon-imageanalyzer'),
  'falcon-sensor': unified('falcon-sensor'),
  'falcon-sensor-regional': regional('falcon-sensor', 'falcon-sensor'),
  'falcon-container': unified('falcon-container'),
  // Before there was one image for all clouds it was called like the sensor.
  'falcon-container-regional': regional('falcon-container', 'falcon-sensor'),
  'falcon-kac': unified('falcon-kac'),
  'falcon-kac-regional': regional('falcon-kac', 'falcon-kac'),
  'falcon-snapshot': {
    folder: 'falcon-snapshot',
    regional: 'always',
    repository: 'cs-snapshotscanner',
    images: 'snapshots',
  },
  fcs: { folder: 'fcs', regional: 'always', repository: 'cs-fcs', name: 'fcs', images: 'iac' },
  'falcon-jobcontroller': { ...assessment, repository: 'falcon-jobcontroller' },
  'falcon-registryassessmentexecutor': { ...assessment, repository: 'falcon-registryassessmentexecutor' },
};

/**
 * Where an image is in the vendor's registry.
 *
 * @throws FalconError `OPTIONS_INVALID` where the path depends on the cloud and none is given.
 */
export function sensorImage(type: SensorImageType, options: SensorImageOptions = {}): SensorImage {
  const { folder, regional: when, repository, name = repository, images, replacedBy } = places[type];
  const { cloud, stage = 'release' } = options;
  const part = when === 'never' ? undefined : cloudPart(type, cloud);
  const named = when === 'always' || part?.startsWith('gov') ? part : undefined;
  return {
    type,
    name,
    repository: [folder, named, stage, repository].filter((each) => each !== undefined).join('/'),
    images: images ?? 'container-security',
    ...(replacedBy === undefined ? {} : { replacedBy }),
  };
}

/** Paths call the government clouds `gov1` and `gov2`, and the others by their names. */
function cloudPart(type: SensorImageType, cloud: FalconCloudName | undefined): string {
  if (cloud === undefined || cloud === 'autodiscover') {
    throw new FalconError('OPTIONS_INVALID', `image ${type}: its path depends on the cloud, and none is known`, {
      hint: 'Say which cloud the API client belongs to.',
    });
  }
  return cloud.replace(/^us-gov-/, 'gov');
}

function unified(name: string): Place {
  return { folder: name, regional: 'never', repository: name };
}

function regional(folder: SensorImageType, repository: string): Place {
  return { folder, regional: 'always', repository, replacedBy: folder };
}
