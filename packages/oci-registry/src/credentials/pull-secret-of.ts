import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { type DockerConfigFormat, invalidDockerConfig } from './docker-config.ts';
import type { PullSecret } from './pull-secret-keychain.ts';

/** Largest configuration, in bytes; Kubernetes keeps Secrets below 1 MiB. */
const maxConfigBytes = 1024 * 1024;

const formats: ReadonlyMap<string, readonly [key: string, format: DockerConfigFormat]> = new Map([
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson', 'config.json']],
  ['kubernetes.io/dockercfg', ['.dockercfg', '.dockercfg']],
]);

const secretSchema = z.looseObject({
  type: z.string().optional(),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().min(1) }),
  data: z.record(z.string(), z.unknown()).nullish(),
});

function decode(origin: { readonly name: string }, value: unknown): string {
  if (typeof value !== 'string') throw invalidDockerConfig(origin, 'its data is missing, or not text');
  if (value.length > Math.ceil(maxConfigBytes / 3) * 4) {
    throw invalidDockerConfig(origin, `it is larger than ${maxConfigBytes} bytes`);
  }
  if (value.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    throw invalidDockerConfig(origin, 'its data is not base64');
  }
  const bytes = Buffer.from(value, 'base64');
  if (!isUtf8(bytes)) throw invalidDockerConfig(origin, 'its data is not UTF-8');
  return bytes.toString('utf8');
}

/**
 * Makes a pull secret of a Secret as the Kubernetes API gives it: `type` says which of the two formats it has, and `data`
 * holds it in base64 (Kubernetes API reference, "Secret"). `undefined` for a Secret of another type, which is none.
 *
 * @param secret the JSON object; it comes from outside and is checked
 * @throws RegistryError `CREDENTIALS_INVALID` for what is no Secret, or one without its data. The configuration itself is
 *   looked at by `pullSecretKeychain`.
 */
export function pullSecretOf(secret: unknown): PullSecret | undefined {
  const parsed = secretSchema.safeParse(secret);
  if (!parsed.success) throw invalidDockerConfig({ name: 'pull secret', hint: objectHint }, 'it is not a Secret');
  const { type, metadata, data } = parsed.data;
  const [key, format] = formats.get(type ?? '') ?? [];
  if (key === undefined || format === undefined) return undefined;
  const { namespace, name } = metadata;
  const origin = {
    name: `pull secret ${namespace}/${name}`,
    hint: `a Secret of this type has its text under "${key}"`,
  };
  return { namespace, name, format, dockerConfig: decode(origin, data?.[key]) };
}

const objectHint = 'hand in a Secret as the API server gives it, with its metadata, type and data';
