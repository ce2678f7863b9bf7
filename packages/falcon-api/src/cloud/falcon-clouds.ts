/** Name of a Falcon cloud, or `autodiscover`: start at us-1 and follow the redirect to the credentials' home. */
export type FalconCloudName = 'us-1' | 'us-2' | 'us-3' | 'eu-1' | 'us-gov-1' | 'us-gov-2' | 'autodiscover';

/** The hosts of one Falcon cloud. */
export interface FalconCloud {
  readonly name: FalconCloudName;
  /** Origin of the API, such as `https://api.crowdstrike.com`. */
  readonly apiUrl: string;
  /** Origin of the container upload host. */
  readonly uploadUrl: string;
  /** Host of the image registry, without scheme. */
  readonly registry: string;
  /** Whether it is a GovCloud: those take no part in autodiscovery, neither as its start nor as its end. */
  readonly government: boolean;
}

/** Every cloud that public sources name, by its name. */
export const falconClouds: Readonly<Record<Exclude<FalconCloudName, 'autodiscover'>, FalconCloud>> = {
  'us-1': {
    name: 'us-1',
    apiUrl: 'https://api.crowdstrike.com',
    uploadUrl: 'https://container-upload.us-1.crowdstrike.com',
    registry: 'registry.crowdstrike.com',
    government: false,
  },
  'us-2': {
    name: 'us-2',
    apiUrl: 'https://api.us-2.crowdstrike.com',
    uploadUrl: 'https://container-upload.us-2.crowdstrike.com',
    registry: 'registry.crowdstrike.com',
    government: false,
  },
  'us-3': {
    name: 'us-3',
    apiUrl: 'https://api.us-3.crowdstrike.com',
    uploadUrl: 'https://container-upload.us-3.crowdstrike.com',
    registry: 'registry.crowdstrike.com',
    government: false,
  },
  'eu-1': {
    name: 'eu-1',
    apiUrl: 'https://api.eu-1.crowdstrike.com',
    uploadUrl: 'https://container-upload.eu-1.crowdstrike.com',
    registry: 'registry.crowdstrike.com',
    government: false,
  },
  'us-gov-1': {
    name: 'us-gov-1',
    apiUrl: 'https://api.laggar.gcw.crowdstrike.com',
    uploadUrl: 'https://container-upload.laggar.gcw.crowdstrike.com',
    registry: 'registry.laggar.gcw.crowdstrike.com',
    government: true,
  },
  'us-gov-2': {
    name: 'us-gov-2',
    apiUrl: 'https://api.us-gov-2.crowdstrike.mil',
    uploadUrl: 'https://container-upload.us-gov-2.crowdstrike.mil',
    registry: 'registry.us-gov-2.crowdstrike.mil',
    government: true,
  },
};
