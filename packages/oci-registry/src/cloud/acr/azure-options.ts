import { type CloudContext, type CloudOptions, cloudContext } from '../cloud-options.ts';
import { invalidSetting } from '../invalid-setting.ts';

/** What sources of tokens of Entra ID are given. */
export interface AzureOptions extends CloudOptions {
  /** Address of the instance metadata service. Default `http://169.254.169.254`. */
  readonly metadataEndpoint?: string | undefined;
}

/** {@link AzureOptions} with every default filled in. */
export interface AzureContext extends CloudContext {
  readonly metadataEndpoint: string;
}

/**
 * Fills the defaults in.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` for a `metadataEndpoint` that is not an http or https URL
 */
export function azureContext(options: AzureOptions = {}): AzureContext {
  const { metadataEndpoint = 'http://169.254.169.254' } = options;
  if (!/^https?:$/.test(URL.parse(metadataEndpoint)?.protocol ?? '')) {
    throw invalidSetting('option metadataEndpoint', 'it is not an http or https URL', 'write http://HOST');
  }
  return { ...cloudContext(options), metadataEndpoint };
}
