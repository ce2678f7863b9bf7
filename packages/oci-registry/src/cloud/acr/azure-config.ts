import { z } from 'zod';
import type { RegistryError } from '../../error.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { jsonOf } from '../json-of.ts';
import { type AzureCloudName, cloudNamed } from './azure-cloud.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || undefined);
const flag = z.union([z.boolean(), z.enum(['true', 'false', '']).transform((word) => word === 'true')]).nullish();

const schema = z.object({
  cloud: text,
  tenantId: text,
  aadClientId: text,
  aadClientSecret: text,
  aadClientCertPath: text,
  useManagedIdentityExtension: flag,
  userAssignedIdentityID: text,
  useFederatedWorkloadIdentityExtension: flag,
  aadFederatedTokenFile: text,
});

/** By their spelling in lower case: the programs of Kubernetes that read the file do not look at case either. */
const fields = new Map(Object.keys(schema.shape).map((name) => [name.toLowerCase(), name]));

/** How the node of an `azure.json` is to sign in. */
export type AzureConfigIdentity =
  | { readonly kind: 'managed'; readonly identity: string | undefined }
  | { readonly kind: 'federated'; readonly clientId: string; readonly tenant: string; readonly tokenFile: string }
  | { readonly kind: 'secret'; readonly clientId: string; readonly tenant: string; readonly secret: string };

/** What an `azure.json` says that matters here. */
export interface AzureConfig {
  readonly cloud: AzureCloudName;
  readonly tenant: string | undefined;
  /** `undefined` where the file names none. */
  readonly identity: AzureConfigIdentity | undefined;
}

function invalid(name: string, reason: string): RegistryError {
  const fields = 'JSON with cloud, tenantId, aadClientId, aadClientSecret';
  return invalidSetting(name, reason, `the file must be the azure.json of a Kubernetes node: ${fields}`);
}

function known(document: object): Record<string, unknown> {
  const entries = Object.entries(document).map(([key, value]) => [fields.get(key.toLowerCase()) ?? '', value]);
  return Object.fromEntries(entries.filter(([key]) => key !== ''));
}

function identityOf(name: string, config: z.infer<typeof schema>): AzureConfigIdentity | undefined {
  const { tenantId, aadClientId: clientId, aadClientSecret: secret } = config;
  const need = (field: string, value: string | undefined): string => {
    if (value === undefined) throw invalid(name, `field "${field}" is missing`);
    return value;
  };
  if (config.useFederatedWorkloadIdentityExtension === true) {
    return {
      kind: 'federated',
      clientId: need('aadClientId', clientId),
      tenant: need('tenantId', tenantId),
      tokenFile: need('aadFederatedTokenFile', config.aadFederatedTokenFile),
    };
  }
  const isMsi = [clientId, secret].some((value) => value?.toLowerCase() === 'msi');
  if (config.useManagedIdentityExtension === true || isMsi) {
    return { kind: 'managed', identity: config.userAssignedIdentityID };
  }
  if (secret !== undefined) {
    return { kind: 'secret', clientId: need('aadClientId', clientId), tenant: need('tenantId', tenantId), secret };
  }
  if (config.aadClientCertPath !== undefined) {
    throw invalid(name, 'field "aadClientCertPath" is for a certificate, and only secrets are supported');
  }
  return undefined;
}

/**
 * Reads an `azure.json`, the cloud provider's configuration on a node of Kubernetes. Fields that are not known are passed
 * over. `msi` as client id or secret is what AKS writes for a managed identity.
 *
 * @param name how messages call the file
 * @throws RegistryError `CREDENTIALS_INVALID` naming the file and the field, never its content
 */
export function parseAzureConfig(name: string, content: string): AzureConfig {
  const document = jsonOf(content);
  if (document === undefined) throw invalid(name, 'it is not valid JSON');
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw invalid(name, 'it is not a JSON object');
  }
  const parsed = schema.safeParse(known(document));
  if (!parsed.success) {
    throw invalid(name, `field "${String(parsed.error.issues[0]?.path[0])}" does not have the right type`);
  }
  const cloud = cloudNamed(parsed.data.cloud ?? 'AzurePublicCloud');
  if (cloud === undefined) throw invalid(name, 'field "cloud" names no cloud that is known here');
  return { cloud, tenant: parsed.data.tenantId, identity: identityOf(name, parsed.data) };
}
