import { matchSensorVersion, sensorTags } from '@falcon-iar/falcon-api';
import {
  type Credential,
  chainKeychains,
  type Keychain,
  RegistryClient,
  staticKeychain,
} from '@falcon-iar/oci-registry';
import { userAgent } from '../cli/user-agent.ts';
import type { FalconConnections } from '../deliver/falcon-dispatcher.ts';
import { configuredKeychain } from '../registry/configured-keychain.ts';
import { readConnections } from './connections.ts';
import { ImagesError } from './images-error.ts';
import type { ChoiceOptions, ImagesContext } from './images-options.ts';
import { warn } from './note.ts';
import { chosenPlatform, type VendorImage } from './vendor-image.ts';

/** Where a copy goes. */
export interface Destination {
  /** Host of the registry. */
  readonly registry: string;
  readonly login: Credential | undefined;
}

/**
 * A client for the vendor's registry, and for the one a copy goes to. The vendor's login is for the vendor's host alone.
 *
 * @throws UsageError for certificates that cannot be read
 */
export async function openRegistries(
  { registry, login }: VendorImage,
  options: ChoiceOptions,
  context: ImagesContext,
  destination?: Destination,
): Promise<RegistryClient> {
  const connections = await readConnections(options, context.env);
  const { proxy, ca, rejectUnauthorized } = connections;
  const { username, password } = login;
  const named = [options.registry, destination?.registry].filter((host): host is string => Boolean(host));
  const vendor = staticKeychain({ [registry]: { username, password, source: 'the Falcon cloud' } });
  const others = destination === undefined ? [] : [destinationKeychain(destination, connections, options, context)];
  return new RegistryClient({
    keychain: chainKeychains(vendor, ...others),
    userAgent: userAgent(),
    insecureHttp: options.insecureUseHttp ? named : [],
    ...{ proxy, tls: { ca, rejectUnauthorized } },
  });
}

function destinationKeychain(
  { registry, login }: Destination,
  { proxy, ca }: FalconConnections,
  options: ChoiceOptions,
  context: ImagesContext,
): Keychain {
  if (login !== undefined) return staticKeychain({ [registry]: login });
  const { env } = context;
  const onProblem = (error: unknown): void => {
    if (options.verbose > 0) warn(error instanceof Error ? error.message : String(error), options, context);
  };
  return configuredKeychain({ env, proxy, tls: { ca }, runHelpers: true, onProblem });
}

/**
 * The tags of an image that name versions, from the oldest to the newest.
 *
 * @throws RegistryError what listing causes
 */
export async function listVersions(
  client: RegistryClient,
  { image, registry }: VendorImage,
  options: ChoiceOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const platform = chosenPlatform(options);
  const tags: string[] = [];
  for await (const tag of client.listTags(`${registry}/${image.repository}`, { signal })) tags.push(tag);
  return sensorTags(image.type, tags, { platform });
}

/**
 * The tag of the version that is asked for.
 *
 * @throws ImagesError where there is none
 */
export async function findVersion(
  client: RegistryClient,
  vendor: VendorImage,
  options: ChoiceOptions,
  signal: AbortSignal,
): Promise<string> {
  const versions = await listVersions(client, vendor, options, signal);
  const found = matchSensorVersion(versions, options.version);
  if (found !== undefined) return found;
  const { type } = vendor.image;
  const what = options.version ? `version ${JSON.stringify(options.version)}` : 'version';
  throw new ImagesError(
    `there is no ${what} of ${type} among ${versions.length}`,
    `iar images list-tags --type ${type} shows them; 7.31 is the newest 7.31.x, 7 the newest 7.x.y`,
  );
}
