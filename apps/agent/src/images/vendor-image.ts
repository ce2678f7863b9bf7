import {
  parseSensorImageType,
  parseSensorPlatform,
  type RegistryCredentials,
  type SensorImage,
  type SensorImageType,
  type SensorPlatform,
  sensorImage,
} from '@falcon-iar/falcon-api';
import { UsageError } from '../cli/usage-error.ts';
import { openFalcon } from './falcon-access.ts';
import type { ChoiceOptions, ImagesContext, ImagesOptions } from './images-options.ts';
import { warn } from './note.ts';

/** An image of the vendor's registry, with what opens it. */
export interface VendorImage {
  readonly image: SensorImage;
  /** Host of the registry. */
  readonly registry: string;
  readonly login: RegistryCredentials;
}

/** The product this program stands in for. */
const defaultType: SensorImageType = 'falcon-imageanalyzer';

/** The type that is asked for: by the flag, by the environment, or as the pull script called the variable before. */
export function chosenType({ type }: ImagesOptions, env: NodeJS.ProcessEnv): SensorImageType {
  const text = type || env.SENSORTYPE;
  return text ? parseSensorImageType(text) : defaultType;
}

/** The platform that is asked for. */
export function chosenPlatform({ platform }: ChoiceOptions): SensorPlatform | undefined {
  return platform ? parseSensorPlatform(platform) : undefined;
}

/**
 * Asks the Falcon cloud for a login to the registry, and finds the place of the image there.
 *
 * @throws UsageError, FalconError
 */
export async function findVendorImage(options: ImagesOptions, context: ImagesContext): Promise<VendorImage> {
  const { env, signal } = context;
  const type = chosenType(options, env);
  const stage = options.internalBuildStage;
  // The family is the same on every cloud; the path is not, and the cloud is known only after it answered.
  const { images, replacedBy } = sensorImage(type, { cloud: 'us-1', stage });
  if (replacedBy !== undefined) {
    warn(`images of type ${type} are going away; ${replacedBy} takes their place`, options, context);
  }
  if (Boolean(options.apiUrl) !== Boolean(options.registry)) {
    throw new UsageError(
      '--api-url and --registry come together',
      'the registry of another cloud must not see this login: name both hosts, or neither',
    );
  }
  await using falcon = await openFalcon(options, context);
  const login = await falcon.client.registryCredentials({
    images,
    signal,
    ...(options.cid ? { cid: options.cid } : {}),
  });
  const registry = options.registry || login.registry;
  if (registry === undefined) {
    throw new UsageError('the cloud that answered is none of the known ones', 'name its registry with --registry');
  }
  const image = sensorImage(type, { stage, cloud: login.cloud });
  return { image, registry, login };
}
