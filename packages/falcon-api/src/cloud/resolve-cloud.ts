import { FalconError } from '../falcon-error.ts';
import { type FalconCloud, falconClouds } from './falcon-clouds.ts';

/** Spellings beside the names themselves, after case and dashes are taken away. */
const bySpelling: ReadonlyMap<string, FalconCloud> = new Map([
  ...Object.values(falconClouds).map((cloud): [string, FalconCloud] => [normalize(cloud.name), cloud]),
  ['gov1', falconClouds['us-gov-1']],
  ['gov2', falconClouds['us-gov-2']],
  ['autodiscover', { ...falconClouds['us-1'], name: 'autodiscover' }],
]);

/**
 * The cloud a setting names. Upper case, dashes and surrounding white space do not matter, and `gov1` and `gov2` are
 * short for `us-gov-1` and `us-gov-2`. `autodiscover` gives the hosts of us-1, from where the token source finds home.
 *
 * @throws FalconError `CLOUD_UNKNOWN` for any other name and for an empty one; the message lists the names.
 */
export function resolveCloud(name: string): FalconCloud {
  const cloud = findCloud(name);
  if (cloud === undefined) {
    const given = name.trim() === '' ? 'no name was given' : `nobody knows ${JSON.stringify(name.slice(0, 40))}`;
    const names = [...Object.keys(falconClouds), 'autodiscover'].join(', ');
    throw new FalconError('CLOUD_UNKNOWN', `Falcon cloud: ${given}; the names are ${names}`, {
      hint: 'Set the cloud your Falcon console runs in; the address of the console shows it.',
    });
  }
  return cloud;
}

/** As `resolveCloud`, with `undefined` instead of an error. */
export function findCloud(name: string): FalconCloud | undefined {
  return bySpelling.get(normalize(name));
}

/** The cloud that has this API host or upload host, compared by origin; `undefined` for any other. */
export function cloudOfUrl(url: string): FalconCloud | undefined {
  const origin = URL.canParse(url) ? new URL(url).origin : undefined;
  return Object.values(falconClouds).find((cloud) => cloud.apiUrl === origin || cloud.uploadUrl === origin);
}

/**
 * The cloud that credentials used at `url` belong to, where the cloud itself named `region`; `undefined` where that is
 * no move it can be believed: autodiscovery is among commercial clouds only.
 */
export function homeCloud(url: string, region: string): FalconCloud | undefined {
  const [here, home] = [cloudOfUrl(url), findCloud(region)];
  const isKnown = here !== undefined && home !== undefined && home.name !== 'autodiscover';
  return isKnown && !here.government && !home.government ? home : undefined;
}

function normalize(name: string): string {
  return name.trim().toLowerCase().replaceAll('-', '');
}
