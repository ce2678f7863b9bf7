import { existsSync } from 'node:fs';
import type { Keychain, KeychainTarget, ProxyOptions, TlsOptions } from '@falcon-iar/oci-registry';

/** What the clouds' keychains need of the process. */
export interface CloudKeychainOptions {
  /** Where identities are named: `AWS_*`, `AZURE_*`, `GOOGLE_*`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly proxy: ProxyOptions;
  readonly tls: TlsOptions;
}

/** Where nodes of AKS have theirs, and where the chart puts it. */
const azureConfig = '/etc/kubernetes/azure.json';

type CloudName = 'ecr' | 'acr' | 'gar';

/** Whose registry it may be; the keychain of the cloud looks closer. */
const hosts: readonly (readonly [CloudName, RegExp])[] = [
  ['ecr', /(?:^|[.-])ecr[.-]/],
  ['acr', /\.azurecr\./],
  ['gar', /(?:^|\.)(?:gcr\.io|pkg\.dev)(?::443)?$/],
];

/** The credentials that this machine's or pod's own identity gives at the registries of its cloud. */
export function cloudKeychain(options: CloudKeychainOptions): Keychain {
  const opened = new Map<CloudName, Promise<Keychain>>();
  return {
    async resolve(target: KeychainTarget, resolveOptions) {
      const [cloud] = hosts.find(([, pattern]) => pattern.test(target.registry)) ?? [];
      if (cloud === undefined) return undefined;
      const keychain = opened.get(cloud) ?? openCloud(cloud, options);
      // At once, so that images that come together look for one identity.
      opened.set(cloud, keychain);
      return (await keychain).resolve(target, resolveOptions);
    },
  };
}

/** Only who reads images of a cloud loads what speaks to it. */
async function openCloud(cloud: CloudName, { env, proxy, tls }: CloudKeychainOptions): Promise<Keychain> {
  switch (cloud) {
    case 'ecr': {
      const { createCloudHttp, ecrKeychain } = await import('@falcon-iar/oci-registry/ecr');
      return ecrKeychain({ env, http: createCloudHttp({ proxy, tls }) });
    }
    case 'acr': {
      const { acrKeychain, createCloudHttp } = await import('@falcon-iar/oci-registry/acr');
      const file = existsSync(azureConfig) ? { azureConfig } : {};
      return acrKeychain({ env, ...file, http: createCloudHttp({ proxy, tls }) });
    }
    case 'gar': {
      const { createCloudHttp, garKeychain } = await import('@falcon-iar/oci-registry/gar');
      return garKeychain({ env, http: createCloudHttp({ proxy, tls }) });
    }
  }
}
