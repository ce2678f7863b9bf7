import { isLoopbackHost } from '../../transport/address.ts';
import { invalidSetting } from '../invalid-setting.ts';

/** The clouds of Azure by the names that `azure.json` has for them. `AzureGermanCloud` was closed in 2021. */
export type AzureCloudName = 'AzurePublicCloud' | 'AzureChinaCloud' | 'AzureUSGovernmentCloud' | 'AzureGermanCloud';

interface AzureCloud {
  /** Where its Entra ID answers. */
  readonly authority: string;
  /** Other hosts of the same Entra ID. */
  readonly aliases: readonly string[];
  /** Last part of the hosts of its registries. */
  readonly registries: string;
}

const clouds: Readonly<Record<AzureCloudName, AzureCloud>> = {
  AzurePublicCloud: {
    authority: 'https://login.microsoftonline.com',
    aliases: ['login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
    registries: 'azurecr.io',
  },
  AzureChinaCloud: {
    authority: 'https://login.chinacloudapi.cn',
    aliases: ['login.partner.microsoftonline.cn'],
    registries: 'azurecr.cn',
  },
  AzureUSGovernmentCloud: {
    authority: 'https://login.microsoftonline.us',
    aliases: ['login.usgovcloudapi.net'],
    registries: 'azurecr.us',
  },
  AzureGermanCloud: { authority: 'https://login.microsoftonline.de', aliases: [], registries: 'azurecr.de' },
};

const names = Object.keys(clouds) as readonly AzureCloudName[];

/** Names that other tools write into `azure.json`, in lower case. */
const otherNames: Readonly<Record<string, AzureCloudName>> = {
  azurecloud: 'AzurePublicCloud',
  azureusgovernment: 'AzureUSGovernmentCloud',
};

/** The cloud with a name, in whatever case it is written; `undefined` for a name that no cloud has. */
export function cloudNamed(name: string): AzureCloudName | undefined {
  const lower = name.trim().toLowerCase();
  return names.find((known) => known.toLowerCase() === lower) ?? otherNames[lower];
}

/** Where Entra ID of a cloud answers. */
export function authorityOf(cloud: AzureCloudName): URL {
  return new URL(clouds[cloud].authority);
}

/** The cloud whose Entra ID has a host; `undefined` for hosts of private clouds. */
export function cloudOfAuthority(authority: URL): AzureCloudName | undefined {
  return names.find(
    (name) => authorityOf(name).host === authority.host || clouds[name].aliases.includes(authority.host),
  );
}

/**
 * The cloud of a registry by its host: `NAME.azurecr.io`, or `NAME.REGION.geo.azurecr.io` for one region of a replicated
 * registry. `undefined` for all others, `NAME.REGION.data.azurecr.io` among them: that is where blobs are redirected to,
 * with a signature instead of a credential.
 */
export function cloudOfRegistry(registry: string): AzureCloudName | undefined {
  const host = registry.toLowerCase().replace(/:443$/, '');
  return names.find((name) => {
    const suffix = `.${clouds[name].registries}`;
    return host.endsWith(suffix) && /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+\.geo)?$/.test(host.slice(0, -suffix.length));
  });
}

/**
 * Reads the address of an Entra ID, to which secrets are sent: https, or http on this machine.
 *
 * @param what how messages call the place where it is written
 * @throws RegistryError `CREDENTIALS_INVALID`
 */
export function parseAuthority(what: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (url === undefined || !isSafe || url.username !== '' || url.password !== '' || url.search !== '') {
    const hint = 'write https://login.microsoftonline.com, or the address of another cloud';
    throw invalidSetting(what, 'it is not an https URL of a host', hint);
  }
  return url;
}
